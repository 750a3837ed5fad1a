import { stopLeftoverServers } from './local/leftover-servers.ts';
import { localRun } from './local/local-system.ts';
import { runningInstance, stopInstance } from './local/running-instance.ts';
import { localServices } from './local/services.ts';
import { stopLeftoverServices } from './local/supervisor.ts';

/** Services have 26 s, Kafka and MongoDB 30 s. */
const stopLimitMs = 70_000;

const pid = runningInstance();
if (pid === undefined) console.log('Postrider is not running from this folder.');
else if (await stopInstance(pid, stopLimitMs)) console.log('Postrider has stopped.');
else {
  console.error(`Postrider (pid ${pid}) has not stopped after ${stopLimitMs / 1000} s.`);
  process.exit(1);
}

// Whatever a killed start left behind, which nobody else would end.
await stopLeftoverServices(localServices({ kafkaBrokers: '', mongodbUri: '' }));
await stopLeftoverServers(localRun);
