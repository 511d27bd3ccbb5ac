#include "formats/guest_storage.h"

ROWS_TABLE(guest_storage_host, GUEST_STORAGE_HOST_ROWS);
const struct bind_members guest_storage_hosts = { .table = &guest_storage_host_table,
						  .word = "host" };

ROWS_TABLE(guest_secret_of, GUEST_SECRET_OF_ROWS);
ROWS_TABLE(guest_auth, GUEST_AUTH_ROWS);
const struct bind_members guest_secrets = { .table = &guest_secret_of_table, .word = "secret" };

ROWS_TABLE(guest_encryption, GUEST_ENCRYPTION_ROWS);
ROWS_TABLE(guest_slice, GUEST_SLICE_ROWS);
const struct bind_members guest_slices = { .table = &guest_slice_table, .word = "slice" };

ROWS_TABLE(guest_cookie, GUEST_COOKIE_ROWS, .shorthand = &guest_cookie_fields[0]);
const struct bind_members guest_cookies = { .table = &guest_cookie_table,
					    .foreign = "@name",
					    .keyed = true };

ROWS_TABLE(guest_reservations, GUEST_RESERVATIONS_ROWS);
ROWS_TABLE(guest_data_source, GUEST_DATA_SOURCE_ROWS);
ROWS_TABLE(guest_data_store, GUEST_DATA_STORE_ROWS);
ROWS_TABLE(guest_storage, GUEST_STORAGE_ROWS);
