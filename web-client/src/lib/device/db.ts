/** What this device keeps. Each store is a map from a key to a value. */
const STORES = ['identities', 'outbox', 'promises', 'drafts', 'claims', 'checks', 'trust'] as const;
export type Store = (typeof STORES)[number];

const NAME = 'handprint';
const VERSION = 1;

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      opening = null;
      reject(request.error ?? new Error('storage is closed'));
    };
  });
  return opening;
}

async function run<T>(
  store: Store,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  return new Promise((resolve, reject) => {
    // Strict: when the promise resolves, the value is on the disk and not only in a buffer.
    const transaction = database.transaction(store, mode, { durability: 'strict' });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('storage refused'));
  });
}

export function put(store: Store, key: string, value: unknown): Promise<IDBValidKey> {
  return run(store, 'readwrite', (target) => target.put(value, key));
}

export function get<T>(store: Store, key: string): Promise<T | undefined> {
  return run<T | undefined>(store, 'readonly', (target) => target.get(key) as IDBRequest<T | undefined>);
}

export function remove(store: Store, key: string): Promise<undefined> {
  return run(store, 'readwrite', (target) => target.delete(key));
}

export function all<T>(store: Store): Promise<T[]> {
  return run<T[]>(store, 'readonly', (target) => target.getAll() as IDBRequest<T[]>);
}

/** Asks the browser not to clear this device's keys when it runs short of space. */
export async function askToPersist(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
