export type Attributes = Record<string, string | number | boolean | undefined>;

export interface SpanOptions {
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** A traceparent; without one, or with a malformed one, the span begins a new trace. */
  parent?: string | undefined;
  /** Traceparents of spans that it goes back to without being a part of them. */
  links?: string[];
  attributes?: Attributes;
  /** Milliseconds since the epoch, where it began earlier. */
  startTime?: number;
  /** 16 hexadecimal digits, where others know it already; see `derivedSpan`. */
  spanId?: string;
}

export interface Span {
  /** W3C traceparent: what makes other spans its children. */
  readonly traceparent: string;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** To be called once. `errorType` where it has failed: a class of errors, never a message. */
  end(errorType?: string): void;
}

/**
 * Where spans are made, given to whoever makes some, and undefined while tracing is off: then nothing is made, and nothing of
 * OpenTelemetry is loaded. What goes into names and attributes leaves the system: no recipient, no payload, no credential.
 */
export interface Tracing {
  start(name: string, options: SpanOptions): Span;
  /** Sends what is left. */
  stop(): Promise<void>;
}
