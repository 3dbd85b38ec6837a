CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`webhook_id` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`reservation_id` text,
	`state` text NOT NULL,
	`tries` integer NOT NULL,
	`since` integer NOT NULL,
	`next_try_at` integer,
	`last_try_at` integer,
	`last_status` integer,
	`last_error` text,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_listed` ON `webhook_deliveries` (`webhook_id`,`seq`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_pending` ON `webhook_deliveries` (`webhook_id`,`next_try_at`) WHERE "webhook_deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_in_order` ON `webhook_deliveries` (`webhook_id`,`reservation_id`,`seq`) WHERE "webhook_deliveries"."state" = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_finished` ON `webhook_deliveries` (`finished_at`) WHERE "webhook_deliveries"."finished_at" is not null;--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`api_token_id` text,
	`everybody` integer NOT NULL,
	`url` text NOT NULL,
	`types` text NOT NULL,
	`pool_id` text,
	`description` text NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`sealed_secrets` text NOT NULL,
	`cursor` integer NOT NULL,
	`replay_after` integer,
	`replay_to` integer,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhooks_by_user` ON `webhooks` (`user_id`,`id`);