import { parser } from '@prometheus-io/lezer-promql';

/** The metrics that an expression asks for. @throws an Error that says where it is no PromQL. */
export function metricsOf(expr: string): Set<string> {
  const names = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expr.slice(from, from + 40)}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.add(expr.slice(from, to));
    },
  });
  return names;
}
