interface Block {
  readonly children: readonly (Block | { readonly type: 'test'; readonly errors: readonly unknown[] })[];
  readonly type: 'describeBlock';
}

/**
 * Whether a test of this file has failed so far. Jest tells this to reporters and environments only, so it is read
 * from the state its runner (jest-circus) keeps on the global object.
 */
export function someTestFailed(): boolean {
  const key = Object.getOwnPropertySymbols(globalThis).find(({ description }) => description === 'JEST_STATE_SYMBOL');
  const state = key && (globalThis as unknown as Record<symbol, { rootDescribeBlock?: Block }>)[key];
  return state?.rootDescribeBlock ? hasFailure(state.rootDescribeBlock) : false;
}

function hasFailure(block: Block): boolean {
  return block.children.some((child) => (child.type === 'test' ? child.errors.length > 0 : hasFailure(child)));
}
