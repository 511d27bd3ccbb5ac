#include "formats/guest_os.h"

ROWS_TABLE(guest_loader, GUEST_LOADER_ROWS, .shorthand = &guest_loader_fields[0]);
ROWS_TABLE(guest_nvram, GUEST_NVRAM_ROWS, .shorthand = &guest_nvram_fields[0]);
ROWS_TABLE(guest_enabled, GUEST_ENABLED_ROWS, .shorthand = &guest_enabled_fields[0]);
const struct bind_members guest_enabled_names = { .table = &guest_enabled_table,
						  .foreign = "@name",
						  .keyed = true };

ROWS_TABLE(guest_acpi_table, GUEST_ACPI_TABLE_ROWS);
const struct bind_members guest_acpi_tables = { .table = &guest_acpi_table_table, .word = "table" };

ROWS_TABLE(guest_text_value, GUEST_TEXT_VALUE_ROWS, .shorthand = &guest_text_value_fields[0]);
const struct bind_members guest_text_values = { .table = &guest_text_value_table,
						.foreign = "@name",
						.keyed = true };

ROWS_TABLE(guest_boot, GUEST_BOOT_ROWS, .shorthand = &guest_boot_fields[0]);
ROWS_TABLE(guest_hyperv, GUEST_HYPERV_ROWS);
ROWS_TABLE(guest_kvm, GUEST_KVM_ROWS);
ROWS_TABLE(guest_xen, GUEST_XEN_ROWS);
ROWS_TABLE(guest_features, GUEST_FEATURES_ROWS);
ROWS_TABLE(guest_catchup, GUEST_CATCHUP_ROWS);
ROWS_TABLE(guest_timer, GUEST_TIMER_ROWS);
const struct bind_members guest_timers = { .table = &guest_timer_table,
					   .foreign = "@name",
					   .keyed = true };

ROWS_TABLE(guest_clock, GUEST_CLOCK_ROWS, .shorthand = &guest_clock_fields[0]);
ROWS_TABLE(guest_lifecycle, GUEST_LIFECYCLE_ROWS);
ROWS_TABLE(guest_power, GUEST_POWER_ROWS);
ROWS_TABLE(guest_sysinfo_board, GUEST_SYSINFO_BOARD_ROWS);
const struct bind_members guest_sysinfo_boards = { .table = &guest_sysinfo_board_table,
						   .word = "board" };

ROWS_TABLE(guest_fwcfg, GUEST_FWCFG_ROWS, .shorthand = &guest_fwcfg_fields[0]);
const struct bind_members guest_fwcfgs = { .table = &guest_fwcfg_table,
					   .foreign = "@name",
					   .keyed = true };

ROWS_TABLE(guest_sysinfo, GUEST_SYSINFO_ROWS);
const struct bind_members guest_sysinfos = { .table = &guest_sysinfo_table,
					     .foreign = "@type",
					     .keyed = true };

ROWS_TABLE(guest_resource, GUEST_RESOURCE_ROWS, .shorthand = &guest_resource_fields[0]);
ROWS_TABLE(guest_launch_security, GUEST_LAUNCH_SECURITY_ROWS);
ROWS_TABLE(guest_state, GUEST_STATE_ROWS, .shorthand = &guest_state_fields[0]);
const struct bind_members guest_states = { .table = &guest_state_table,
					   .foreign = "@name",
					   .keyed = true };

ROWS_TABLE(guest_blkio_device, GUEST_BLKIO_DEVICE_ROWS);
const struct bind_members guest_blkio_devices = { .table = &guest_blkio_device_table,
						  .foreign = "path",
						  .word = "device" };

ROWS_TABLE(guest_blkio, GUEST_BLKIO_ROWS);
