ALTER TABLE `events` ADD `actor_kind` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_name` text;--> statement-breakpoint
ALTER TABLE `events` ADD `actor_token` text;--> statement-breakpoint
ALTER TABLE `events` ADD `request_id` text;--> statement-breakpoint
ALTER TABLE `events` ADD `address` text;--> statement-breakpoint
ALTER TABLE `events` ADD `changed` text;--> statement-breakpoint
CREATE INDEX `events_by_resource` ON `events` (`resource_id`) WHERE "events"."resource_id" is not null;--> statement-breakpoint
CREATE INDEX `events_by_reservation` ON `events` (`reservation_id`) WHERE "events"."reservation_id" is not null;--> statement-breakpoint
CREATE INDEX `events_by_user` ON `events` (`user_id`) WHERE "events"."user_id" is not null;--> statement-breakpoint
CREATE INDEX `events_by_pool` ON `events` (`pool_id`) WHERE "events"."pool_id" is not null;--> statement-breakpoint
CREATE INDEX `events_by_actor` ON `events` (`actor_id`) WHERE "events"."actor_kind" <> 'job';--> statement-breakpoint
CREATE INDEX `events_by_type` ON `events` (`type`) WHERE "events"."type" not in ('reservation.queued', 'reservation.preparing', 'reservation.active', 'reservation.heartbeat', 'reservation.ended', 'resource.allocated', 'resource.freed', 'resource.status', 'resource.rotated', 'resource.kept_alive', 'resource.returned');