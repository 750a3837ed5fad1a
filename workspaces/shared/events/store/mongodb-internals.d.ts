// mongodb types its public API only.
declare module 'mongodb/lib/cmap/connection.js' {
  export const Connection: { prototype: object };
}
declare module 'mongodb/lib/cmap/connection_pool.js' {
  export const ConnectionPool: { prototype: object };
}
