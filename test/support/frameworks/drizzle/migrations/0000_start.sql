CREATE TYPE "status" AS ENUM ('draft', 'active', 'retired');
--> statement-breakpoint
CREATE TABLE "products" (
  "id" serial PRIMARY KEY NOT NULL,
  "name" varchar(50) NOT NULL,
  "price" integer DEFAULT 0 NOT NULL,
  "note" text,
  "status" "status" DEFAULT 'draft'
);
--> statement-breakpoint
CREATE TABLE "orders" (
  "id" serial PRIMARY KEY NOT NULL,
  "product_id" integer REFERENCES "products" ("id"),
  "quantity" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "visits" ("id" serial PRIMARY KEY NOT NULL, "path" text);
--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "positive" CHECK ("quantity" > 0) NOT VALID;
--> statement-breakpoint
CREATE VIEW "paths" AS SELECT "id" FROM "visits";
