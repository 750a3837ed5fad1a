// mongodb types its public API only.
declare module 'mongodb/lib/cmap/connection.js' {
  export const Connection: { prototype: object };
}
