ALTER TABLE `pools` ADD `spares` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- What each driver says of itself from now on; the pools file says it again only where it changes.
UPDATE `pools` SET `capabilities` = json_set(`capabilities`, '$.replaces', json(CASE WHEN `driver` = 'docker' THEN 'true' ELSE 'false' END)) WHERE json_valid(`capabilities`);
