/** How one attempt to send ended. Texts name no address and no token: they are shown and logged. */
export type SendOutcome =
  /** `warning`: accepted, but the answer was not what the provider would give. */
  | { readonly kind: 'sent'; readonly reference?: string; readonly warning?: string }
  | {
      readonly kind: 'retry';
      readonly error: string;
      /** What the provider asked for. */
      readonly retryAfterMs?: number;
      /** Its end is not known: it may have been accepted all the same. */
      readonly mayHaveArrived?: boolean;
    }
  /** Trying again cannot help. */
  | { readonly kind: 'permanent'; readonly error: string };
