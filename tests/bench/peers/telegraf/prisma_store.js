// People, sessions and entries by Prisma: driver adapter, its statements prepared too.

import { createHash } from "node:crypto";

import { PrismaPg } from "@prisma/adapter-pg";
import prismaClient from "@prisma/client";

import { PAGE, POOL } from "./sizes.js";

const { PrismaClient } = prismaClient;

// Prisma prepares a statement once a connection only when it has a name.
const names = new Map();
function statementName({ sql }) {
  let name = names.get(sql);
  if (!name) {
    name = createHash("sha1").update(sql).digest("hex");
    names.set(sql, name);
  }
  return name;
}

const isOpen = (session) => session?.status === "PLANNED" && session.startAt > new Date();
const byStatus = (groups) =>
  Object.fromEntries(groups.map(({ status, _count }) => [status, _count]));

export class PrismaStore {
  constructor(url) {
    const adapter = new PrismaPg(
      { connectionString: url, max: POOL },
      { statementNameGenerator: statementName },
    );
    this.prisma = new PrismaClient({
      adapter,
      log: ["error"],
      // The defaults (2 and 5 seconds) would turn people away in a rush.
      transactionOptions: { maxWait: 15_000, timeout: 30_000 },
    });
  }

  ensure({ id, first_name, last_name }) {
    const names = { firstName: first_name, lastName: last_name ?? null };
    return this.prisma.user.upsert({
      where: { telegramId: id },
      create: { telegramId: id, ...names },
      update: names,
    });
  }

  person(telegramId) {
    return this.prisma.user.findUnique({ where: { telegramId } });
  }

  // Counted apart: the guide's `_count` would group the whole table at every look.
  async upcoming(userId, page) {
    const found = await this.prisma.session.findMany({
      where: { startAt: { gt: new Date() }, status: "PLANNED" },
      include: { registrations: { where: { userId } } },
      orderBy: [{ startAt: "asc" }, { id: "asc" }],
      take: PAGE + 1,
      skip: page * PAGE,
    });
    const shown = found.slice(0, PAGE);
    const groups = await this.prisma.sessionRegistration.groupBy({
      by: ["sessionId"],
      where: { sessionId: { in: shown.map(({ id }) => id) }, status: "GOING" },
      _count: true,
    });
    const taken = new Map(groups.map(({ sessionId, _count }) => [sessionId, _count]));
    const views = shown.map(async (session) => ({
      session,
      taken: taken.get(session.id) ?? 0,
      entry: await this.#entry(this.prisma, session.registrations[0]),
    }));
    return { views: await Promise.all(views), more: found.length > PAGE };
  }

  async view(userId, sessionId, tx = this.prisma) {
    const session = await tx.session.findUnique({ where: { id: sessionId } });
    if (!session) return null;
    const where = { sessionId_userId: { sessionId, userId } };
    const entry = await this.#entry(tx, await tx.sessionRegistration.findUnique({ where }));
    return { session, ...(await this.#counts(tx, sessionId)), entry };
  }

  // The row's lock is the queue: who holds it counts and takes a place or a number.
  join(userId, sessionId) {
    return this.prisma.$transaction(async (tx) => {
      const session = await this.#locked(tx, sessionId);
      if (!isOpen(session)) return null;
      const where = { sessionId_userId: { sessionId, userId } };
      const existing = await tx.sessionRegistration.findUnique({ where });
      let { taken, waiting } = await this.#counts(tx, sessionId);
      if (existing) {
        const entry = await this.#entry(tx, existing);
        return { view: { session, taken, waiting, entry }, already: true };
      }
      const status = taken < session.capacity ? "GOING" : "WAITING";
      await tx.sessionRegistration.create({ data: { sessionId, userId, status } });
      const place = status === "GOING" ? ++taken : ++waiting;
      return { view: { session, taken, waiting, entry: { status, place } }, already: false };
    });
  }

  leave(userId, sessionId) {
    return this.prisma.$transaction(async (tx) => {
      const session = await this.#locked(tx, sessionId);
      if (!isOpen(session)) return null;
      const where = { sessionId_userId: { sessionId, userId } };
      const existing = await tx.sessionRegistration.findUnique({ where });
      if (existing) await tx.sessionRegistration.delete({ where });
      if (existing?.status === "GOING") await this.#promote(tx, sessionId);
      return { view: await this.view(userId, sessionId, tx), already: !existing };
    });
  }

  close() {
    return this.prisma.$disconnect();
  }

  async #locked(tx, sessionId) {
    const rows = await tx.$queryRaw`
      SELECT id, start_at AS "startAt", end_at AS "endAt", status::text, type::text, stadium,
             price, capacity
        FROM "Session" WHERE id = ${sessionId} FOR UPDATE`;
    return rows[0];
  }

  async #counts(tx, sessionId) {
    const by = { by: ["status"], where: { sessionId }, _count: true };
    const { GOING = 0, WAITING = 0 } = byStatus(await tx.sessionRegistration.groupBy(by));
    return { taken: GOING, waiting: WAITING };
  }

  async #entry(tx, registration) {
    if (!registration) return null;
    const { id, sessionId, status } = registration;
    const before = { sessionId, status, id: { lte: id } };
    return { status, place: await tx.sessionRegistration.count({ where: before }) };
  }

  async #promote(tx, sessionId) {
    const first = await tx.sessionRegistration.findFirst({
      where: { sessionId, status: "WAITING" },
      orderBy: { id: "asc" },
    });
    if (first)
      await tx.sessionRegistration.update({
        where: { id: first.id },
        data: { status: "GOING" },
      });
  }
}
