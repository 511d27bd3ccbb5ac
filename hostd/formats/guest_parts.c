#include "formats/guest_parts.h"

ROWS_TABLE(guest_zpci, GUEST_ZPCI_ROWS);
ROWS_TABLE(guest_address, GUEST_ADDRESS_ROWS);
ROWS_TABLE(guest_virtio, GUEST_VIRTIO_ROWS);
ROWS_TABLE(guest_label, GUEST_LABEL_ROWS);
const struct bind_members guest_labels = {
	.table = &guest_label_table, .foreign = "@model", .word = "label", .keyed = true
};

ROWS_TABLE(guest_reconnect, GUEST_RECONNECT_ROWS);
ROWS_TABLE(guest_far, GUEST_FAR_ROWS);
ROWS_TABLE(guest_chardev, GUEST_CHARDEV_ROWS);
ROWS_TABLE(guest_rom, GUEST_ROM_ROWS);
ROWS_TABLE(guest_id_range, GUEST_ID_RANGE_ROWS);
const struct bind_members guest_id_ranges = { .table = &guest_id_range_table, .word = "range" };

ROWS_TABLE(guest_idmap, GUEST_IDMAP_ROWS);
ROWS_TABLE(guest_amount, GUEST_AMOUNT_ROWS);
