// Which handlers the code has, read from its syntax: running it or checking its types would take seconds.
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

/** The handlers of one tag in one file: what a function or constant typed `HandlersOf<'tag'>` holds. */
export interface HandlerGroup {
  readonly tag: string;
  readonly file: string;
  readonly handlers: readonly FoundHandler[];
  /** False when something is spread into it, which cannot be seen from here. */
  readonly isComplete: boolean;
}

/** Line and column from 1. */
export interface FoundHandler {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

export interface FoundHandlers {
  readonly groups: readonly HandlerGroup[];
  /** The tags that src/bind-contract.ts binds; undefined when it does not say so in the usual form. */
  readonly boundTags: readonly string[] | undefined;
}

export async function findHandlers(root: string): Promise<FoundHandlers> {
  const files: string[] = [];
  for await (const file of glob('src/features/**/*.ts', { cwd: root })) files.push(file);
  const groups = await Promise.all(files.sort().map(async (file) => groupsIn(await parse(root, file))));
  return { groups: groups.flat(), boundTags: await tagsOf(root) };
}

async function parse(root: string, file: string): Promise<ts.SourceFile> {
  const text = await readFile(path.join(root, file), 'utf8');
  return ts.createSourceFile(file.replaceAll(path.sep, '/'), text, ts.ScriptTarget.Latest, true);
}

function groupsIn(source: ts.SourceFile): HandlerGroup[] {
  return typedNodes(source, 'HandlersOf').flatMap(({ node, type }) => {
    const argument = type.typeArguments?.[0];
    if (!argument || !ts.isLiteralTypeNode(argument) || !ts.isStringLiteral(argument.literal)) return [];
    const properties = objectsOf(node).flatMap((object) => [...object.properties]);
    const handlers = properties.flatMap((property) => {
      const name = property.name && ts.isIdentifier(property.name) ? property.name.text : undefined;
      if (name === undefined) return [];
      const { line, character } = source.getLineAndCharacterOfPosition(property.getStart());
      return [{ name, line: line + 1, column: character + 1 }];
    });
    const isComplete = properties.length > 0 && properties.length === handlers.length;
    return [{ tag: argument.literal.text, file: source.fileName, handlers, isComplete }];
  });
}

/** What the function typed `Handlers` names. */
async function tagsOf(root: string): Promise<string[] | undefined> {
  const source = await parse(root, 'src/bind-contract.ts').catch(() => undefined);
  const [bound] = source ? typedNodes(source, 'Handlers') : [];
  const properties = bound ? objectsOf(bound.node).flatMap((object) => [...object.properties]) : [];
  const names = properties.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
  return names.length > 0 && names.length === properties.length ? names : undefined;
}

type Typed = { readonly node: ts.Node; readonly type: ts.TypeReferenceNode };

/** Functions and constants whose declared type is the one called `name`. */
function typedNodes(source: ts.SourceFile, name: string): Typed[] {
  const found: Typed[] = [];
  const visit = (node: ts.Node): void => {
    const type = ts.isFunctionLike(node) || ts.isVariableDeclaration(node) ? node.type : undefined;
    if (type && ts.isTypeReferenceNode(type) && type.typeName.getText() === name) found.push({ node, type });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The object literals that a function returns, or that a constant is. */
function objectsOf(node: ts.Node): ts.ObjectLiteralExpression[] {
  if (ts.isVariableDeclaration(node)) return node.initializer ? unwrapped(node.initializer) : [];
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return unwrapped(node.body);
  const found: ts.ObjectLiteralExpression[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) return;
    if (ts.isReturnStatement(child) && child.expression) found.push(...unwrapped(child.expression));
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

function unwrapped(expression: ts.Expression): ts.ObjectLiteralExpression[] {
  if (ts.isParenthesizedExpression(expression)) return unwrapped(expression.expression);
  return ts.isObjectLiteralExpression(expression) ? [expression] : [];
}
