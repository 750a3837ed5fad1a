export const replicaSet = 'rs0';

/** Sized for one developer's machine: by default mongod takes half of the memory and 5 % of the disk for itself. */
export const mongodSettings = (port: number): string[] =>
  [
    `--port ${port} --replSet ${replicaSet} --nounixsocket --quiet`,
    '--oplogSize 256 --wiredTigerCacheSizeGB 0.5',
    '--setParameter diagnosticDataCollectionEnabled=false',
  ].flatMap((line) => line.split(' '));
