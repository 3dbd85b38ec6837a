import ts from 'typescript';
import type { Source } from './sources';

/** The functions whose first argument names a group of tests, or one test. */
const GROUPS = /^(describe|soak)/;
const TESTS = /^(test|it)$/;

/**
 * The titles of the tests in a file, each after those of the groups around it: `group › test`. A
 * title that is put together at run time is given as far as it stands in the file, with its `%s` and
 * `${…}`.
 */
export function titlesIn({ path, text }: Source): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const titles: string[] = [];
  const look = (node: ts.Node, around: readonly string[]): void => {
    const named = ts.isCallExpression(node) ? titleOf(node) : null;
    const path = named ? [...around, named.title] : around;
    if (named?.isTest) titles.push(path.join(' › '));
    ts.forEachChild(node, (child) => look(child, path));
  };
  look(file, []);
  return titles;
}

function titleOf(call: ts.CallExpression): { title: string; isTest: boolean } | null {
  const [first] = call.arguments;
  const name = calleeOf(call.expression);
  const title = first && textOf(first);
  if (title === undefined || !(GROUPS.test(name) || TESTS.test(name))) return null;
  return { title, isTest: TESTS.test(name) };
}

/** The `test` of `test(…)` and of `test.each(…)(…)`; but that of `test.each(…)` itself has no title. */
function calleeOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression) && ts.isPropertyAccessExpression(expression.expression))
    return calleeOf(expression.expression.expression);
  return '';
}

function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.getText().slice(1, -1);
  if (!ts.isBinaryExpression(node)) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
