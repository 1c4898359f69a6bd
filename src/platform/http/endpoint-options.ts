import type { Type } from '@nestjs/common';
import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import type { Role } from '../auth/index.js';
import type { BodyLimits } from './body-limits.js';

export type SchemaObject = ApiResponseSchemaHost['schema'];
export type ResponseShape = Type | readonly [Type] | { readonly schema: SchemaObject };

interface EndpointBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the controller's path; may hold `:parameters`. */
  readonly path?: string;
  readonly summary: string;
  readonly description?: string;
  /** Default 200; 204 for DELETE. */
  readonly status?: number;
  /** What the answer looks like: a DTO, `[DTO]` for an array of them, or a schema. */
  readonly response?: ResponseShape;
  /** What the answer is, in a sentence. Default: the description of its schema. */
  readonly returns?: string;
  /** What the `ETag` of the answer stands for, where it has one. */
  readonly etag?: string;
  /** Statuses this endpoint refuses with beside those every endpoint has. */
  readonly errors?: readonly number[];
  readonly examples?: {
    readonly request?: Readonly<Record<string, unknown>>;
    readonly response?: unknown;
    /** Of a 422, which has the body of the answer. */
    readonly refused?: unknown;
  };
  /** Only for bodies that no DTO describes. */
  readonly body?: EndpointBody;
  /** False: `RATE_LIMIT_PER_MINUTE` does not count here. */
  readonly rateLimit?: false;
  /** True: requests of the same URL that come at the same time share an answer. Not where it depends on who asks. */
  readonly shared?: true;
}

export interface EndpointBody {
  /** The JSON Schema that is published. */
  readonly schema?: SchemaObject;
  /** Where it may be larger than other bodies. */
  readonly limits?: Partial<BodyLimits>;
  /** The handler checks the JSON itself: prototype names, NUL, nesting. */
  readonly raw?: true;
}

/** `public: true`, or the roles that may use it; an admin always may. */
export type EndpointOptions = EndpointBase &
  (
    | { readonly public: true; readonly roles?: undefined }
    | { readonly roles: readonly Role[]; readonly public?: undefined }
  );
