CREATE TABLE `chain_ends` (
	`name` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `returns` (
	`seq` integer PRIMARY KEY NOT NULL,
	`previous` text NOT NULL,
	`hash` text NOT NULL,
	`record` text NOT NULL,
	`at` integer GENERATED ALWAYS AS (json_extract("record", '$.at')) VIRTUAL NOT NULL,
	`resource_id` text GENERATED ALWAYS AS (json_extract("record", '$.resourceId')) VIRTUAL NOT NULL,
	`generation` integer GENERATED ALWAYS AS (json_extract("record", '$.generation')) VIRTUAL NOT NULL,
	`pool_id` text GENERATED ALWAYS AS (json_extract("record", '$.poolId')) VIRTUAL NOT NULL,
	`level` text GENERATED ALWAYS AS (json_extract("record", '$.level')) VIRTUAL NOT NULL
);
--> statement-breakpoint
CREATE INDEX `returns_by_resource` ON `returns` (`resource_id`);--> statement-breakpoint
CREATE INDEX `returns_by_generation` ON `returns` (`resource_id`,`generation`);--> statement-breakpoint
CREATE INDEX `returns_by_pool` ON `returns` (`pool_id`,`level`);--> statement-breakpoint
CREATE INDEX `returns_by_level` ON `returns` (`level`);--> statement-breakpoint
CREATE INDEX `returns_by_time` ON `returns` (`at`);--> statement-breakpoint
ALTER TABLE `resources` ADD `way_back` text;