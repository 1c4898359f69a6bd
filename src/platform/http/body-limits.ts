/** What a JSON body may have at most. Counted in its bytes, before anything is made of them. */
export interface BodyLimits {
  /** After decompression. */
  readonly maxBytes: number;
  /** Levels of arrays and objects within each other. */
  readonly maxDepth: number;
  /** Keys of all objects together. */
  readonly maxKeys: number;
  /** Items of all arrays together. */
  readonly maxItems: number;
  /** Keys of one object. */
  readonly maxKeysPerObject: number;
  /** Keys and items of one element of a list that stands directly in the body, e.g. of one event of a batch. */
  readonly maxNodesPerElement: number;
  /**
   * Name of a list of the body whose elements are refused one by one where they break the limits on depth, keys per
   * object, or keys and items per element: each is an `UnreadElement` then, and the others are read. Elsewhere such a
   * breach refuses the body.
   */
  readonly isolatedList?: string;
}

/**
 * For every route that declares nothing else. Validators and converters of objects grow faster than what they are given:
 * with these, the largest body costs them a few milliseconds.
 */
export const DEFAULT_BODY_LIMITS: BodyLimits = {
  maxBytes: 1_048_576,
  maxDepth: 32,
  maxKeys: 2_000,
  maxItems: 2_000,
  maxKeysPerObject: 1_000,
  maxNodesPerElement: 5_000,
};
