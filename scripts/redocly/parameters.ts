import type { Context, Operation, Parameter, PathItem } from './visitor.ts';

/** All parameters of an operation, its path's included. */
export function parametersOf(operation: Operation, pathItem: PathItem, { resolve }: Context): Parameter[] {
  return [...(pathItem.parameters ?? []), ...(operation.parameters ?? [])].flatMap((parameter) => {
    const { node } = resolve<Parameter>(parameter);
    return node ? [node] : [];
  });
}
