import { parse as parseYaml } from 'yaml';
import { path as pathSchema, valueAt } from './path.ts';

export type Condition = (event: object) => boolean;

type Comparison = (value: unknown, operand: unknown) => boolean;

/** Numbers are compared with numbers and texts with texts; anything else is neither less nor more. */
const ordered =
  (holds: (order: number) => boolean): Comparison =>
  (value, operand) => {
    if (typeof value === 'number' && typeof operand === 'number') return holds(value - operand);
    if (typeof value === 'string' && typeof operand === 'string')
      return holds(value < operand ? -1 : Number(value > operand));
    return false;
  };

const COMPARISONS: Record<string, Comparison> = {
  '==': (value, operand) => value === operand,
  '!=': (value, operand) => value !== operand,
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  in: (value, operand) => Array.isArray(operand) && operand.includes(value),
};

const FORM = /^(\S+)\s+(?:(exists|missing)|(==|!=|<=|>=|<|>|in)\s+(\S.*))$/;

/**
 * `data.user.phone exists`, `data.amount >= 100`, `data.country in [DE, AT]`; the right side is YAML. What is missing equals
 * nothing, so only `missing` and `!=` hold for it.
 * @throws Error saying what is wrong with the text.
 */
export function parseCondition(text: string): Condition {
  const [, path = '', presence, operator = '', right = ''] = FORM.exec(text.trim()) ?? [];
  if (!pathSchema.safeParse(path).success) {
    throw new Error('must be a path and exists, missing, or one of == != < <= > >= in with a value');
  }
  if (presence) return (event) => (valueAt(event, path) !== undefined) === (presence === 'exists');
  const operand: unknown = parseYaml(right);
  if (operator === 'in' ? !isList(operand) : !isScalar(operand)) throw new Error(`cannot compare with ${right}`);
  const compare = COMPARISONS[operator] as Comparison;
  return (event) => compare(valueAt(event, path), operand);
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isScalar);
