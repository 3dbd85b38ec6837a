-- line_counts follows every change of a resource, so that no count ever walks the resources.
CREATE TRIGGER `line_counts_insert` AFTER INSERT ON `resources` BEGIN
  INSERT INTO `line_counts` (`line_id`, `status`, `admin_state`, `set_aside`, `count`)
  VALUES (new.`line_id`, new.`status`, new.`admin_state`, new.`set_aside_for` IS NOT NULL, 1)
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `line_counts_update` AFTER UPDATE OF `status`, `admin_state`, `set_aside_for` ON `resources`
WHEN old.`status` <> new.`status` OR old.`admin_state` <> new.`admin_state`
  OR (old.`set_aside_for` IS NULL) <> (new.`set_aside_for` IS NULL)
BEGIN
  UPDATE `line_counts` SET `count` = `count` - 1
  WHERE `line_id` = old.`line_id` AND `status` = old.`status` AND `admin_state` = old.`admin_state`
    AND `set_aside` = (old.`set_aside_for` IS NOT NULL);
  INSERT INTO `line_counts` (`line_id`, `status`, `admin_state`, `set_aside`, `count`)
  VALUES (new.`line_id`, new.`status`, new.`admin_state`, new.`set_aside_for` IS NOT NULL, 1)
  ON CONFLICT DO UPDATE SET `count` = `count` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `line_counts_delete` AFTER DELETE ON `resources` BEGIN
  UPDATE `line_counts` SET `count` = `count` - 1
  WHERE `line_id` = old.`line_id` AND `status` = old.`status` AND `admin_state` = old.`admin_state`
    AND `set_aside` = (old.`set_aside_for` IS NOT NULL);
END;
