CREATE TABLE `accounts` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`username` text,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `allocations` (
	`id` text PRIMARY KEY NOT NULL,
	`resource_id` text NOT NULL,
	`reservation_id` text NOT NULL,
	`item` integer NOT NULL,
	`generation` integer NOT NULL,
	`access` text NOT NULL,
	`sealed_access` text,
	`started_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `allocations_one_holder` ON `allocations` (`resource_id`) WHERE "allocations"."ended_at" is null;--> statement-breakpoint
CREATE INDEX `allocations_by_reservation` ON `allocations` (`reservation_id`);--> statement-breakpoint
CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`scopes` text NOT NULL,
	`max_priority` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	`imported` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_hash_unique` ON `api_tokens` (`hash`);--> statement-breakpoint
CREATE INDEX `api_tokens_by_user` ON `api_tokens` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `breakers` (
	`pool_id` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`open_until` integer NOT NULL,
	FOREIGN KEY (`pool_id`) REFERENCES `pools`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `containers` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`host` text,
	`port` integer,
	`host_key` text,
	`power_state` text,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`resource_id` text NOT NULL,
	`state` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `credentials_by_resource` ON `credentials` (`resource_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_one_current` ON `credentials` (`resource_id`) WHERE "credentials"."state" = 'current';--> statement-breakpoint
CREATE TABLE `emails` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`email` text NOT NULL,
	`verified_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `emails_once` ON `emails` (`user_id`,`email`);--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`pool_id` text,
	`resource_id` text,
	`reservation_id` text,
	`user_id` text,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `facts` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `github_identifiers` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`github_id` text NOT NULL,
	`verified_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `github_identifiers_github_id_unique` ON `github_identifiers` (`github_id`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`principal` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`result_id` text NOT NULL,
	`answer` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`principal`, `method`, `path`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `job_ticks` (
	`job` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `lent_tokens` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`value_hash` text,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lent_tokens_value_hash_unique` ON `lent_tokens` (`value_hash`);--> statement-breakpoint
CREATE TABLE `line_counts` (
	`line_id` integer NOT NULL,
	`status` text NOT NULL,
	`admin_state` text NOT NULL,
	`set_aside` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`line_id`, `status`, `admin_state`, `set_aside`)
);
--> statement-breakpoint
CREATE TABLE `lines` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`pool_id` text NOT NULL,
	`type` text NOT NULL,
	FOREIGN KEY (`pool_id`) REFERENCES `pools`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lines_by_pool_and_type` ON `lines` (`pool_id`,`type`);--> statement-breakpoint
CREATE TABLE `operations` (
	`id` text PRIMARY KEY NOT NULL,
	`resource_id` text NOT NULL,
	`pool_id` text NOT NULL,
	`kind` text NOT NULL,
	`step` text NOT NULL,
	`generation` integer NOT NULL,
	`allocation_id` text,
	`attempt` integer NOT NULL,
	`claimed_by` text,
	`claimed_until` integer NOT NULL,
	`outcome` text,
	`error` text,
	`request_id` text,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operations_one_live` ON `operations` (`resource_id`) WHERE "operations"."finished_at" is null;--> statement-breakpoint
CREATE INDEX `operations_claimed` ON `operations` (`pool_id`,`claimed_until`) WHERE "operations"."finished_at" is null;--> statement-breakpoint
CREATE INDEX `operations_finished` ON `operations` (`finished_at`) WHERE "operations"."finished_at" is not null;--> statement-breakpoint
CREATE TABLE `pools` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`driver` text NOT NULL,
	`settings` text NOT NULL,
	`sizing` text NOT NULL,
	`size` integer NOT NULL,
	`types` text NOT NULL,
	`labels` text NOT NULL,
	`policy` text NOT NULL,
	`capabilities` text NOT NULL,
	`origin` text NOT NULL,
	`deleting_at` integer,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pools_name_unique` ON `pools` (`name`);--> statement-breakpoint
CREATE TABLE `reservations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`api_token_id` text,
	`status` text NOT NULL,
	`end_reason` text,
	`end_detail` text,
	`items` text NOT NULL,
	`priority` integer NOT NULL,
	`duration` integer,
	`maximum` integer,
	`heartbeat` integer,
	`prepare` integer NOT NULL,
	`on_release` text NOT NULL,
	`note` text,
	`sealed_access` text,
	`request_id` text,
	`via` text NOT NULL,
	`requested_at` integer NOT NULL,
	`starts_at` integer,
	`ends_at` integer,
	`heartbeat_by` integer,
	`ended_at` integer,
	`deadline_at` integer,
	`overtaken` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `reservations_deadline` ON `reservations` (`deadline_at`) WHERE "reservations"."deadline_at" is not null;--> statement-breakpoint
CREATE INDEX `reservations_by_user` ON `reservations` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `reservations_live` ON `reservations` (`status`) WHERE "reservations"."ended_at" is null;--> statement-breakpoint
CREATE INDEX `reservations_ended` ON `reservations` (`ended_at`) WHERE "reservations"."ended_at" is not null;--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`line_id` integer NOT NULL,
	`name` text NOT NULL,
	`number` integer NOT NULL,
	`kind` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`admin_state` text NOT NULL,
	`generation` integer NOT NULL,
	`reason` text,
	`handle` text,
	`next_operation` text,
	`due_at` integer,
	`operation_id` text,
	`failures` integer NOT NULL,
	`rank` integer NOT NULL,
	`set_aside_for` text,
	`set_aside_item` integer,
	`verified_at` integer,
	`rotated_at` integer,
	`cleaned_at` integer,
	`expires_at` integer,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`destroyed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `resources_by_name` ON `resources` (`name`) WHERE "resources"."destroyed_at" is null;--> statement-breakpoint
CREATE INDEX `resources_available` ON `resources` (`line_id`,`rank`) WHERE "resources"."status" = 'available' and "resources"."admin_state" = 'in_service' and "resources"."set_aside_for" is null;--> statement-breakpoint
CREATE INDEX `resources_due` ON `resources` (`pool_id`,`next_operation`,`due_at`) WHERE "resources"."due_at" is not null;--> statement-breakpoint
CREATE INDEX `resources_set_aside` ON `resources` (`set_aside_for`) WHERE "resources"."set_aside_for" is not null;--> statement-breakpoint
CREATE INDEX `resources_by_number` ON `resources` (`line_id`,`number`) WHERE "resources"."destroyed_at" is null;--> statement-breakpoint
CREATE INDEX `resources_by_pool` ON `resources` (`pool_id`,`number`) WHERE "resources"."destroyed_at" is null;--> statement-breakpoint
CREATE INDEX `resources_destroyed` ON `resources` (`destroyed_at`) WHERE "resources"."destroyed_at" is not null;--> statement-breakpoint
CREATE TABLE `users` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`email` text,
	`username` text,
	`role` text NOT NULL,
	`vm_role` text,
	`origin` text NOT NULL,
	`password_hash` text,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_id_unique` ON `users` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_unique` ON `users` (`username`);--> statement-breakpoint
CREATE TABLE `vms` (
	`resource_id` text PRIMARY KEY NOT NULL,
	`host` text,
	`port` integer,
	`host_key` text,
	`power_state` text,
	`extra` text NOT NULL,
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `waits` (
	`reservation_id` text NOT NULL,
	`item` integer NOT NULL,
	`line_id` integer NOT NULL,
	`resource_id` text,
	`count` integer NOT NULL,
	`missing` integer NOT NULL,
	`rank` integer NOT NULL,
	`requested_at` integer NOT NULL,
	PRIMARY KEY(`reservation_id`, `item`, `line_id`),
	FOREIGN KEY (`reservation_id`) REFERENCES `reservations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `waits_in_order` ON `waits` (`line_id`,`rank`,`reservation_id`) WHERE "waits"."missing" > 0 and "waits"."resource_id" is null;--> statement-breakpoint
CREATE INDEX `waits_by_age` ON `waits` (`line_id`,`requested_at`,`reservation_id`) WHERE "waits"."missing" > 0 and "waits"."resource_id" is null;--> statement-breakpoint
CREATE INDEX `waits_named` ON `waits` (`resource_id`,`rank`) WHERE "waits"."resource_id" is not null;--> statement-breakpoint
CREATE INDEX `waits_by_count` ON `waits` (`line_id`,`count`);