CREATE TABLE `hosts` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`host` text,
	`port` integer,
	`host_key` text,
	`power_state` text,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `items` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `resources` ADD `fields` text;--> statement-breakpoint
ALTER TABLE `resources` ADD `seat_of` text;--> statement-breakpoint
CREATE INDEX `resources_seats` ON `resources` (`pool_id`) WHERE "resources"."seat_of" is not null and "resources"."destroyed_at" is null;