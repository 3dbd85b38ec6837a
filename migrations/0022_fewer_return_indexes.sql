DROP INDEX `returns_by_resource`;--> statement-breakpoint
DROP INDEX `returns_by_time`;