import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { until } from '../system/until.ts';

export interface Sample {
  metric: Record<string, string>;
}

/** A Prometheus of one's own that looks every second, at one system and with the rules of this project. */
export class NativePrometheus {
  readonly #url: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.#url = url;
    this.#folder = folder;
    this.#child = child;
  }

  static async start(program: string, port: number, targets: string[], ruleFiles: string[]): Promise<NativePrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'postrider-prometheus-'));
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ruleFiles,
        scrape_configs: [{ job_name: 'postrider', honor_labels: true, static_configs: [{ targets }] }],
      }),
    );
    const log = openSync(join(folder, 'log'), 'a');
    const address = `127.0.0.1:${port}`;
    const child = spawn(
      program,
      [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`],
      { stdio: ['ignore', log, log] },
    );
    const prometheus = new NativePrometheus(`http://${address}`, folder, child);
    try {
      await until('Prometheus to be ready', async () => (await fetch(`http://${address}/-/ready`)).ok, 60_000);
    } catch (error) {
      const told = readFileSync(join(folder, 'log'), 'utf8').slice(-1_000);
      await prometheus.stop();
      throw new Error(`${String(error)}\n${told}`);
    }
    return prometheus;
  }

  /** @throws what Prometheus says of a query that it does not take. */
  async query(expr: string): Promise<Sample[]> {
    return (await this.#ask<{ result: Sample[] }>(`/api/v1/query?query=${encodeURIComponent(expr)}`)).result;
  }

  async rules(): Promise<{ name: string; health: string; lastError?: string }[]> {
    const { groups } = await this.#ask<{ groups: { rules: { name: string; health: string }[] }[] }>('/api/v1/rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.kill('SIGTERM')) await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = (await (await fetch(this.#url + path)).json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data;
  }
}
