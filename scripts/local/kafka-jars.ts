import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { downloadsFolder } from './project.ts';
import type { Log } from './server.ts';

const kafkaVersion = '4.3.1';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>postrider</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
  </dependencies>
</project>
`;

export const kafkaJars = join(downloadsFolder, `kafka-${kafkaVersion}`);

/** Apache publishes the broker as Maven artifacts too, and a package client reaches those where a download page may not. */
export async function downloadKafka(log: Log): Promise<void> {
  if (existsSync(kafkaJars)) return;
  log(`downloading Apache Kafka ${kafkaVersion} with Maven (44 MB, once)`);
  await mkdir(downloadsFolder, { recursive: true });
  // Renamed when complete, so that a second run or a broken download never meets half of it.
  const partial = await mkdtemp(join(downloadsFolder, 'partial-'));
  await writeFile(join(partial, 'pom.xml'), pom);
  const jars = join(partial, 'jars');
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${jars}`];
  await runCommand('mvn', ['-q', '-B', ...goal], { cwd: partial });
  await rename(jars, kafkaJars).catch((error: unknown) => {
    if (!existsSync(kafkaJars)) throw error;
  });
  await rm(partial, { recursive: true });
}
