import type { ProviderName } from '@postrider/shared/events/channels.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type { Logger } from '@postrider/shared/service/logger.ts';
import type { Metrics } from '../metrics.ts';

/** Tells people that a provider refuses our credentials, once, and that it takes them again. */
export class AuthAlert {
  readonly #gauge: Metrics['authFailed'];
  readonly #logger: Logger;
  readonly #refusing = new Set<ProviderName>();

  constructor(providers: Iterable<ProviderName>, gauge: Metrics['authFailed'], logger: Logger) {
    this.#gauge = gauge;
    this.#logger = logger;
    for (const provider of providers) gauge.set({ provider }, 0);
  }

  observe(provider: ProviderName, result: SendResult): void {
    if (result.outcome !== 'failed') {
      if (!this.#refusing.delete(provider)) return;
      this.#gauge.set({ provider }, 0);
      this.#logger.info({ provider }, 'the provider takes our credentials again');
    } else if (result.errorClass === 'auth' && !this.#refusing.has(provider)) {
      this.#refusing.add(provider);
      this.#gauge.set({ provider }, 1);
      const { code, detail } = result;
      this.#logger.error({ provider, code, detail }, 'the provider refuses our credentials; its events wait');
    }
  }
}
