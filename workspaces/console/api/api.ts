import { parseExactJson } from '@postrider/shared/service/exact-json.ts';
import { Agent, request as send } from 'undici';
import { z } from 'zod';
import { ApiProblem, ServiceAway } from './api-error.ts';

/** Queries of the services themselves end after 10 s. */
const CALL_LIMIT_MS = 12_000;
const READY_LIMIT_MS = 3_000;
/** An event's payload may have 256 KiB, a typed event's children 8 MiB; lists come without either. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;

const NAMES = { ingestion: 'ingestion service', retry: 'retry service' };
export type ServiceName = keyof typeof NAMES;

/** On whose behalf a call is made. */
export interface Caller {
  key?: string | undefined;
  traceparent?: string | undefined;
}

export interface Call {
  service: ServiceName;
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Empty values are left out. */
  query?: Record<string, string | undefined>;
  body?: object;
}

export interface Readiness {
  name: string;
  /** Undefined when it is ready. */
  reason: string | undefined;
}

export interface Api {
  /** @throws ApiProblem or ServiceAway */
  call<T>(caller: Caller, call: Call, answer: z.ZodType<T>): Promise<T>;
  readiness(service: ServiceName): Promise<Readiness>;
  close(): Promise<void>;
}

const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
const reason = z.object({ reason: z.string() });

/** The public HTTP APIs of the services at these URLs. */
export function createApi(urls: Record<ServiceName, string>): Api {
  const agent = new Agent({ connect: { timeout: READY_LIMIT_MS }, maxResponseSize: MAX_ANSWER_BYTES });

  async function exchange(call: Call, headers: Record<string, string>, limitMs: number) {
    const { service, method = 'GET', path, body } = call;
    try {
      const response = await send(urls[service] + path + queryOf(call.query), {
        dispatcher: agent,
        method,
        headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.timeout(limitMs),
      });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (error) {
      if ((error as { code?: string }).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') throw strange(service, error);
      throw new ServiceAway(503, `The ${NAMES[service]} does not answer.`, error);
    }
  }

  return {
    async call({ key, traceparent }, call, answer) {
      const headers = { ...(key && { authorization: `Bearer ${key}` }), ...(traceparent && { traceparent }) };
      const { status, text } = await exchange(call, headers, CALL_LIMIT_MS);
      const json = toJson(text);
      if (status >= 300) {
        const told = problem.safeParse(json);
        if (!told.success) throw strange(call.service);
        throw new ApiProblem(status, told.data.detail, told.data.errors);
      }
      const parsed = answer.safeParse(json);
      if (!parsed.success) throw strange(call.service, parsed.error);
      return parsed.data;
    },
    async readiness(service) {
      const name = NAMES[service];
      try {
        const { status, text } = await exchange({ service, path: '/ready' }, {}, READY_LIMIT_MS);
        if (status === 200) return { name, reason: undefined };
        return { name, reason: reason.safeParse(toJson(text)).data?.reason ?? `GET /ready answers ${status}` };
      } catch {
        return { name, reason: 'does not answer' };
      }
    },
    close: () => agent.close(),
  };
}

const strange = (service: ServiceName, cause?: unknown): ServiceAway =>
  new ServiceAway(502, `The ${NAMES[service]} answers something that this console does not understand.`, cause);

function queryOf(query: Call['query'] = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}

/** Undefined for no JSON, as for no body at all. */
function toJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
