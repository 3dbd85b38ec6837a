CREATE TABLE `event_authors` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`day` integer NOT NULL,
	`kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`name` text NOT NULL,
	`token` text,
	`address` text
);
--> statement-breakpoint
CREATE INDEX `event_authors_by_actor` ON `event_authors` (`actor_id`);--> statement-breakpoint
ALTER TABLE `events` ADD `author_id` integer;--> statement-breakpoint
ALTER TABLE `events` ADD `request_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `changed` text;--> statement-breakpoint
ALTER TABLE `events` ADD `rare` integer;--> statement-breakpoint
UPDATE `events` SET `rare` = 1 WHERE `type` NOT IN (
  'reservation.queued', 'reservation.preparing', 'reservation.active',
  'reservation.heartbeat', 'reservation.ended', 'resource.allocated',
  'resource.freed', 'resource.status', 'resource.rotated',
  'resource.kept_alive', 'resource.returned');--> statement-breakpoint
CREATE INDEX `events_by_reservation` ON `events` (`reservation_id`) WHERE "events"."reservation_id" is not null;--> statement-breakpoint
CREATE INDEX `rare_events_by_type` ON `events` (`type`) WHERE "events"."rare" is not null;--> statement-breakpoint
CREATE INDEX `rare_events_by_resource` ON `events` (`resource_id`) WHERE "events"."rare" is not null;--> statement-breakpoint
CREATE INDEX `rare_events_by_user` ON `events` (`user_id`) WHERE "events"."rare" is not null;--> statement-breakpoint
CREATE INDEX `rare_events` ON `events` (`rare`) WHERE "events"."rare" is not null;