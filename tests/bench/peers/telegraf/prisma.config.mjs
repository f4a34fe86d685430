// Generating needs no database; the running bot is given its own by DATABASE_URL.
export default { schema: "prisma/schema.prisma" };
