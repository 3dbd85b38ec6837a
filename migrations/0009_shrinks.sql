ALTER TABLE `resources` ADD `shrinks` integer DEFAULT false NOT NULL;
--> statement-breakpoint
UPDATE `resources` SET `shrinks` = true WHERE `admin_state` = 'draining' AND `destroyed_at` IS NULL AND `pool_id` IN (SELECT `id` FROM `pools` WHERE `sizing` = 'managed' AND NOT (`capabilities` ->> '$.provisions'));
