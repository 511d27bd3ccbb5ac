#include "formats/guest_cpu.h"

ROWS_TABLE(guest_pin, GUEST_PIN_ROWS, .shorthand = &guest_pin_fields[0]);
const struct bind_members guest_vcpu_pins = { .table = &guest_pin_table,
					      .foreign = "@vcpu",
					      .keyed = true };

const struct bind_members guest_iothread_pins = { .table = &guest_pin_table,
						  .foreign = "@iothread",
						  .keyed = true };

ROWS_TABLE(guest_scheduler, GUEST_SCHEDULER_ROWS);
const struct bind_members guest_vcpu_schedulers = { .table = &guest_scheduler_table,
						    .foreign = "@vcpus",
						    .keyed = true };

const struct bind_members guest_iothread_schedulers = { .table = &guest_scheduler_table,
							.foreign = "@iothreads",
							.keyed = true };

ROWS_TABLE(guest_each_vcpu, GUEST_EACH_VCPU_ROWS);
const struct bind_members guest_each_vcpus = {
	.table = &guest_each_vcpu_table, .foreign = "@id", .word = "vcpu", .keyed = true
};

ROWS_TABLE(guest_cache_share, GUEST_CACHE_SHARE_ROWS);
const struct bind_members guest_cache_shares = { .table = &guest_cache_share_table,
						 .word = "cache" };

ROWS_TABLE(guest_cache_monitor, GUEST_CACHE_MONITOR_ROWS);
const struct bind_members guest_cache_monitors = { .table = &guest_cache_monitor_table,
						   .word = "monitor" };

ROWS_TABLE(guest_cache_tune, GUEST_CACHE_TUNE_ROWS);
const struct bind_members guest_cache_tunes = { .table = &guest_cache_tune_table,
						.foreign = "@vcpus",
						.keyed = true };

ROWS_TABLE(guest_bandwidth_share, GUEST_BANDWIDTH_SHARE_ROWS,
	   .shorthand = &guest_bandwidth_share_fields[0]);
const struct bind_members guest_bandwidth_shares = { .table = &guest_bandwidth_share_table,
						     .foreign = "@id",
						     .keyed = true };

ROWS_TABLE(guest_memory_tune, GUEST_MEMORY_TUNE_ROWS);
const struct bind_members guest_memory_tunes = { .table = &guest_memory_tune_table,
						 .foreign = "@vcpus",
						 .keyed = true };

ROWS_TABLE(guest_poll, GUEST_POLL_ROWS);
ROWS_TABLE(guest_iothread, GUEST_IOTHREAD_ROWS);
ROWS_TABLE(guest_main_thread, GUEST_MAIN_THREAD_ROWS);
const struct bind_members guest_iothread_ids = { .table = &guest_iothread_table,
						 .foreign = "@id",
						 .keyed = true };

ROWS_TABLE(guest_iothreads, GUEST_IOTHREADS_ROWS, .shorthand = &guest_iothreads_fields[0]);
ROWS_TABLE(guest_topology, GUEST_TOPOLOGY_ROWS);
ROWS_TABLE(guest_cpu_cache, GUEST_CPU_CACHE_ROWS);
ROWS_TABLE(guest_physical_address, GUEST_PHYSICAL_ADDRESS_ROWS);
ROWS_TABLE(guest_cpu_feature, GUEST_CPU_FEATURE_ROWS, .shorthand = &guest_cpu_feature_fields[0]);
const struct bind_members guest_cpu_features = { .table = &guest_cpu_feature_table,
						 .foreign = "@name",
						 .keyed = true };

ROWS_TABLE(guest_distance, GUEST_DISTANCE_ROWS, .shorthand = &guest_distance_fields[0]);
const struct bind_members guest_distances = { .table = &guest_distance_table,
					      .foreign = "@id",
					      .keyed = true };

ROWS_TABLE(guest_cell_cache, GUEST_CELL_CACHE_ROWS);
const struct bind_members guest_cell_caches = { .table = &guest_cell_cache_table,
						.foreign = "@level",
						.keyed = true };

ROWS_TABLE(guest_cell, GUEST_CELL_ROWS);
const struct bind_members guest_cells = {
	.table = &guest_cell_table, .foreign = "@id", .word = "cell", .keyed = true
};

ROWS_TABLE(guest_interconnect, GUEST_INTERCONNECT_ROWS);
const struct bind_members guest_interconnects = { .table = &guest_interconnect_table,
						  .word = "link" };
