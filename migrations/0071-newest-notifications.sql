-- Somebody's inbox, newest first.
-- Oldest: 0059
ALTER TABLE notifications ADD KEY notifications_newest (user_id, id);
