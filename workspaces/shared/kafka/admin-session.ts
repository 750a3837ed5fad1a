import type { Admin, Kafka } from 'kafkajs';

export interface AdminSession {
  /** Connects when it is first needed, and anew after a failure. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createAdminSession(kafka: Kafka): AdminSession {
  let admin: Admin | undefined;

  const connected = async (): Promise<Admin> => {
    if (admin) return admin;
    const fresh = kafka.admin({ retry: { retries: 1 } });
    try {
      await fresh.connect();
    } catch (error) {
      fresh.disconnect().catch(() => undefined);
      throw error;
    }
    admin = fresh;
    return fresh;
  };

  return {
    ask: async (question) => {
      const current = await connected();
      try {
        return await question(current);
      } catch (error) {
        admin = undefined;
        current.disconnect().catch(() => undefined);
        throw error;
      }
    },
    close: async () => {
      await admin?.disconnect();
    },
  };
}

/** Where a group stands in a partition: what it has committed, or the beginning where it has not, or not any more. */
export function positionOf(committed: bigint | undefined, low: bigint): bigint {
  // -1: the group has committed nothing there yet.
  return committed !== undefined && committed > low ? committed : low;
}
