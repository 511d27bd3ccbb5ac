#include "formats/guest_disk.h"

ROWS_TABLE(guest_disk_limit, GUEST_DISK_LIMIT_ROWS);
ROWS_TABLE(guest_throttle_group, GUEST_THROTTLE_ROWS);
const struct bind_members guest_throttle_groups = { .table = &guest_throttle_group_table,
						    .foreign = "group_name",
						    .word = "group" };

ROWS_TABLE(guest_geometry, GUEST_GEOMETRY_ROWS);
ROWS_TABLE(guest_block_size, GUEST_BLOCK_SIZE_ROWS);
ROWS_TABLE(guest_queue_thread, GUEST_QUEUE_THREAD_ROWS, .shorthand = &guest_queue_thread_fields[0]);
const struct bind_members guest_queue_threads = { .table = &guest_queue_thread_table,
						  .foreign = "@id",
						  .keyed = true };

ROWS_TABLE(guest_backing, GUEST_BACKING_ROWS);
