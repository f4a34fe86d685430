// Sizes that both stores share.

// Sessions on one screen.
export const PAGE = 5;

// Connections to Postgres: the guide's DATABASE_POOL_MAX.
export const POOL = Number(process.env.DATABASE_POOL_MAX ?? 20);
