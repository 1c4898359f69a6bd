/** What the rest of the program needs to know of the database it was started with. */
export interface DatabaseHandle {
  readonly url: string;
  /** The same for every process on this database, and for no process on another one. */
  readonly identity: string;
  /** True: this process started (or adopted) the PostgreSQL server and is the one to stop it. */
  readonly embedded: boolean;
  readonly poolSize: number;
  readonly writerPoolSize: number;
  /** Stops the embedded server (an external one is left alone). May be called again; call it after the pools are closed. */
  stop(): Promise<void>;
  status(): DatabaseStatus;
}

export interface DatabaseStatus {
  /** `restarting`: the embedded server died and is being brought back. An external server is taken to be `running`. */
  readonly state: 'running' | 'restarting' | 'stopped';
  /** How often the embedded server had to be brought back since the start. */
  readonly restarts: number;
  /** Process id of the embedded server. */
  readonly pid?: number;
}
