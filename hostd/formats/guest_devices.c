#include "formats/guest_devices.h"

ROWS_TABLE(guest_controller, GUEST_CONTROLLER_ROWS);
const struct bind_members guest_controllers = { .alias = "ua-controller-",
						.table = &guest_controller_table,
						.foreign = "@type,@index",
						.word = "controller" };

ROWS_TABLE(guest_lease, GUEST_LEASE_ROWS);
const struct bind_members guest_leases = { .table = &guest_lease_table, .word = "lease" };

ROWS_TABLE(guest_share, GUEST_SHARE_ROWS);
const struct bind_members guest_shares = {
	.alias = "ua-share-", .table = &guest_share_table, .foreign = "target@dir", .word = "share"
};

ROWS_TABLE(guest_host_device, GUEST_HOST_DEVICE_ROWS);
const struct bind_members guest_host_devices = { .alias = "ua-hostdev-",
						 .table = &guest_host_device_table,
						 .foreign = "@type",
						 .word = "hostdev" };

ROWS_TABLE(guest_redirected, GUEST_REDIRECTED_ROWS);
const struct bind_members guest_redirections = { .alias = "ua-redirdev-",
						 .table = &guest_redirected_table,
						 .word = "redirdev" };

ROWS_TABLE(guest_usb_rule, GUEST_USB_RULE_ROWS);
const struct bind_members guest_usb_rules = { .table = &guest_usb_rule_table, .word = "rule" };

ROWS_TABLE(guest_card_reader, GUEST_CARD_READER_ROWS);
const struct bind_members guest_card_readers = {
	.table = &guest_card_reader_table,
	.plug = "@mode",
	.plugged = "certificate,database,source,protocol,@type",
	.word = "reader",
};

ROWS_TABLE(guest_hub, GUEST_HUB_ROWS);
const struct bind_members guest_hubs = {
	.alias = "ua-hub-", .table = &guest_hub_table, .foreign = "@type", .word = "hub"
};

ROWS_TABLE(guest_random, GUEST_RANDOM_ROWS);
const struct bind_members guest_randoms = {
	.alias = "ua-rng-", .table = &guest_random_table, .foreign = "backend@model", .word = "rng"
};

ROWS_TABLE(guest_watchdog, GUEST_WATCHDOG_ROWS, .shorthand = &guest_watchdog_fields[0]);
const struct bind_members guest_watchdogs = { .alias = "ua-watchdog-",
					      .table = &guest_watchdog_table,
					      .foreign = "@model",
					      .plug = "@model",
					      .plugged = "address",
					      .word = "watchdog" };

ROWS_TABLE(guest_panic, GUEST_PANIC_ROWS, .shorthand = &guest_panic_fields[0]);
const struct bind_members guest_panics = {
	.alias = "ua-panic-", .table = &guest_panic_table, .foreign = "@model", .word = "panic"
};

ROWS_TABLE(guest_tpm, GUEST_TPM_ROWS);
const struct bind_members guest_tpms = {
	.alias = "ua-tpm-",
	.table = &guest_tpm_table,
	.foreign = "@model",
	.plug = "backend@type",
	.plugged = "backend",
	.word = "tpm",
};

ROWS_TABLE(guest_shared_memory, GUEST_SHARED_MEMORY_ROWS);
const struct bind_members guest_shared_memories = { .alias = "ua-shmem-",
						    .table = &guest_shared_memory_table,
						    .foreign = "@name",
						    .word = "shmem",
						    .keyed = true };

ROWS_TABLE(guest_crypto, GUEST_CRYPTO_ROWS);
const struct bind_members guest_cryptos = {
	.alias = "ua-crypto-", .table = &guest_crypto_table, .foreign = "@model", .word = "crypto"
};

ROWS_TABLE(guest_balloon, GUEST_BALLOON_ROWS);
ROWS_TABLE(guest_nvram_device, GUEST_NVRAM_DEVICE_ROWS);
ROWS_TABLE(guest_iommu, GUEST_IOMMU_ROWS);
ROWS_TABLE(guest_vsock, GUEST_VSOCK_ROWS);
ROWS_TABLE(guest_pstore, GUEST_PSTORE_ROWS);
