DROP INDEX `waits_in_order`;--> statement-breakpoint
DROP INDEX `waits_by_age`;--> statement-breakpoint
ALTER TABLE `waits` ADD `wanting` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `waits_named_in_line` ON `waits` (`line_id`,`resource_id`) WHERE "waits"."missing" > 0 and "waits"."resource_id" is not null;--> statement-breakpoint
CREATE INDEX `waits_in_order` ON `waits` (`line_id`,`rank`,`reservation_id`) WHERE "waits"."wanting" = 1 and "waits"."resource_id" is null;--> statement-breakpoint
CREATE INDEX `waits_by_age` ON `waits` (`line_id`,`requested_at`,`reservation_id`) WHERE "waits"."wanting" = 1 and "waits"."resource_id" is null;