/* guest_cpu.h - the processors of a guest, where they run and what they may use.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_rows.h"

#define GUEST_PIN_ROWS(ROW, R) \
	LIVE(ROW, R, CPUS, cpu_set, "@cpuset", "the host's CPUs it may run on (cpuset=)")
ROWS_STRUCT(guest_pin, GUEST_PIN_ROWS);

extern const struct bind_members guest_vcpu_pins;

extern const struct bind_members guest_iothread_pins;

#define GUEST_SCHEDULER_ROWS(ROW, R)                                                        \
	ROW(R, WORD, policy, "@scheduler", "fifo, rr, batch or idle (scheduler=)", "batch", \
	    "idle", "fifo", "rr")                                                           \
	ROW(R, NUMBER, priority, "@priority", "among the real-time ones, 1 to 99 (priority=)")
ROWS_STRUCT(guest_scheduler, GUEST_SCHEDULER_ROWS);

extern const struct bind_members guest_vcpu_schedulers;

extern const struct bind_members guest_iothread_schedulers;

#define GUEST_EACH_VCPU_ROWS(ROW, R)                                                      \
	ROW(R, YESNO, enabled, "@enabled", "whether it is there at the start (enabled=)") \
	ROW(R, YESNO, hotpluggable, "@hotpluggable",                                      \
	    "whether it can be taken away (hotpluggable=)")                               \
	ROW(R, COUNT, order, "@order", "its place in the order they are added (order=)")
ROWS_STRUCT(guest_each_vcpu, GUEST_EACH_VCPU_ROWS);

extern const struct bind_members guest_each_vcpus;

#define GUEST_CACHE_SHARE_ROWS(ROW, R)                                                    \
	ROW(R, COUNT, id, "@id", "of the cache (id=)")                                    \
	ROW(R, COUNT, level, "@level", "3 for the last level (level=)")                   \
	ROW(R, WORD, type, "@type", "both, code or data (type=)", "both", "code", "data") \
	ROW(R, SIZE, size, "@size", "how much of it (size=)")
ROWS_STRUCT(guest_cache_share, GUEST_CACHE_SHARE_ROWS);

extern const struct bind_members guest_cache_shares;

#define GUEST_CACHE_MONITOR_ROWS(ROW, R)                        \
	ROW(R, COUNT, level, "@level", "of the cache (level=)") \
	ROW(R, TEXT, vcpus, "@vcpus", "whose use is counted (vcpus=)")
ROWS_STRUCT(guest_cache_monitor, GUEST_CACHE_MONITOR_ROWS);

extern const struct bind_members guest_cache_monitors;

#define GUEST_CACHE_TUNE_ROWS(ROW, R)                                                            \
	ROW(R, TEXT, id, "@id", "name of the allocation (id=)")                                  \
	ROW(R, MANY, caches, "cache", "what is set aside for them (<cache>)", guest_cache_share, \
	    guest_cache_shares)                                                                  \
	ROW(R, MANY, monitors, "monitor", "what is counted (<monitor>)", guest_cache_monitor,    \
	    guest_cache_monitors)
ROWS_STRUCT(guest_cache_tune, GUEST_CACHE_TUNE_ROWS);

extern const struct bind_members guest_cache_tunes;

#define GUEST_BANDWIDTH_SHARE_ROWS(ROW, R) \
	ROW(R, COUNT, bandwidth, "@bandwidth", "percent of memory bandwidth (bandwidth=)")
ROWS_STRUCT(guest_bandwidth_share, GUEST_BANDWIDTH_SHARE_ROWS);

extern const struct bind_members guest_bandwidth_shares;

#define GUEST_MEMORY_TUNE_ROWS(ROW, R)                                                        \
	ROW(R, KEYED, nodes, "node", "by memory node (<node>)", guest_bandwidth_share,        \
	    guest_bandwidth_shares)                                                           \
	ROW(R, MANY, monitors, "monitor", "what is counted (<monitor>)", guest_cache_monitor, \
	    guest_cache_monitors)
ROWS_STRUCT(guest_memory_tune, GUEST_MEMORY_TUNE_ROWS);

extern const struct bind_members guest_memory_tunes;

/* of struct guest_vcpus, besides its own */
#define GUEST_VCPUS_ROWS(ROW, R)                                                                   \
	ROW(R, WORD, placement, "vcpu@placement",                                                  \
	    "who chooses the host's CPUs: static, or auto for numad (<vcpu "                       \
	    "placement=>)",                                                                        \
	    "static", "auto")                                                                      \
	ROW(R, CPUS, cpu_set, "vcpu@cpuset",                                                       \
	    "the host's CPUs that all of it may run on (<vcpu cpuset=>)")                          \
	LIVE(ROW, R, KEYED, pin, "cputune/vcpupin",                                                \
	     "host CPUs by vCPU (<vcpupin>); auto: whole cores of one node, those set apart "      \
	     "first",                                                                              \
	     guest_pin, guest_vcpu_pins, "auto")                                                   \
	LIVE(ROW, R, CPUS, emulator, "cputune/emulatorpin@cpuset",                                 \
	     "host CPUs of QEMU's own threads (<emulatorpin cpuset=>)")                            \
	LIVE(ROW, R, COUNT, shares, "cputune/shares",                                              \
	     "its weight among others (cpu.weight of its slice) (<shares>)")                       \
	LIVE(ROW, R, NUMBER, period, "cputune/period",                                             \
	     "microseconds in which the quota of a vCPU counts (<period>)")                        \
	LIVE(ROW, R, NUMBER, quota, "cputune/quota",                                               \
	     "microseconds that a vCPU may run in a period; -1 without limit "                     \
	     "(<quota>)")                                                                          \
	LIVE(ROW, R, NUMBER, global_period, "cputune/global_period",                               \
	     "microseconds in which the quota of the whole guest counts "                          \
	     "(<global_period>)")                                                                  \
	LIVE(ROW, R, NUMBER, global_quota, "cputune/global_quota",                                 \
	     "microseconds that the whole guest may run in a period "                              \
	     "(<global_quota>)")                                                                   \
	LIVE(ROW, R, NUMBER, emulator_period, "cputune/emulator_period",                           \
	     "microseconds in which the quota of QEMU's threads counts "                           \
	     "(<emulator_period>)")                                                                \
	LIVE(ROW, R, NUMBER, emulator_quota, "cputune/emulator_quota",                             \
	     "microseconds that QEMU's threads may run in a period "                               \
	     "(<emulator_quota>)")                                                                 \
	ROW(R, KEYED, scheduler, "cputune/vcpusched",                                              \
	    "scheduling by vCPUs, like 0-3 (<vcpusched>)", guest_scheduler, guest_vcpu_schedulers) \
	ROW(R, PART, emulator_scheduler, "cputune/emulatorsched",                                  \
	    "scheduling of QEMU's threads (<emulatorsched>)", guest_scheduler)                     \
	ROW(R, KEYED, cache_tune, "cputune/cachetune",                                             \
	    "shares of caches (resctrl) by vCPUs (<cachetune>)", guest_cache_tune,                 \
	    guest_cache_tunes)                                                                     \
	ROW(R, KEYED, memory_tune, "cputune/memorytune",                                           \
	    "shares of memory bandwidth (resctrl) by vCPUs (<memorytune>)", guest_memory_tune,     \
	    guest_memory_tunes)                                                                    \
	ROW(R, KEYED, each, "vcpus/vcpu", "single vCPUs, by number (<vcpu>)", guest_each_vcpu,     \
	    guest_each_vcpus)

#define GUEST_POLL_ROWS(ROW, R)                                           \
	LIVE(ROW, R, NUMBER, max, "@max", "nanoseconds, the most (max=)") \
	LIVE(ROW, R, NUMBER, grow, "@grow", "how fast it grows (grow=)")  \
	LIVE(ROW, R, NUMBER, shrink, "@shrink", "how fast it shrinks (shrink=)")
ROWS_STRUCT(guest_poll, GUEST_POLL_ROWS);

#define GUEST_IOTHREAD_ROWS(ROW, R)                        \
	LIVE(ROW, R, NUMBER, pool_min, "@thread_pool_min", \
	     "least worker threads (thread_pool_min=)")    \
	LIVE(ROW, R, NUMBER, pool_max, "@thread_pool_max", \
	     "most worker threads (thread_pool_max=)")     \
	ROW(R, PART, poll, "poll", "busy waiting (<poll>)", guest_poll)
ROWS_STRUCT(guest_iothread, GUEST_IOTHREAD_ROWS);

#define GUEST_MAIN_THREAD_ROWS(ROW, R)                                                          \
	ROW(R, NUMBER, pool_min, "@thread_pool_min", "least worker threads (thread_pool_min=)") \
	ROW(R, NUMBER, pool_max, "@thread_pool_max", "most worker threads (thread_pool_max=)")
ROWS_STRUCT(guest_main_thread, GUEST_MAIN_THREAD_ROWS);

extern const struct bind_members guest_iothread_ids;

#define GUEST_IOTHREADS_ROWS(ROW, R)                                                             \
	LIVE(ROW, R, COUNT, count, "iothreads", "how many there are (<iothreads>)")              \
	LIVE(ROW, R, KEYED, each, "iothreadids/iothread", "single ones, by number (<iothread>)", \
	     guest_iothread, guest_iothread_ids)                                                 \
	ROW(R, PART, main, "defaultiothread", "the main loop of QEMU (<defaultiothread>)",       \
	    guest_main_thread)                                                                   \
	LIVE(ROW, R, KEYED, pin, "cputune/iothreadpin", "host CPUs by number (<iothreadpin>)",   \
	     guest_pin, guest_iothread_pins)                                                     \
	LIVE(ROW, R, NUMBER, period, "cputune/iothread_period",                                  \
	     "microseconds in which their quota counts (<iothread_period>)")                     \
	LIVE(ROW, R, NUMBER, quota, "cputune/iothread_quota",                                    \
	     "microseconds that one may run in a period (<iothread_quota>)")                     \
	ROW(R, KEYED, scheduler, "cputune/iothreadsched",                                        \
	    "scheduling by numbers, like 1-2 (<iothreadsched>)", guest_scheduler,                \
	    guest_iothread_schedulers)
ROWS_STRUCT(guest_iothreads, GUEST_IOTHREADS_ROWS);

#define GUEST_TOPOLOGY_ROWS(ROW, R)                                                   \
	ROW(R, COUNT, sockets, "@sockets", "packages (sockets=)")                     \
	ROW(R, COUNT, dies, "@dies", "dies in a package (dies=)")                     \
	ROW(R, COUNT, clusters, "@clusters", "clusters in a die (clusters=)")         \
	ROW(R, COUNT, cores, "@cores", "cores in a cluster, die or package (cores=)") \
	ROW(R, COUNT, threads, "@threads", "threads of a core (threads=)")
ROWS_STRUCT(guest_topology, GUEST_TOPOLOGY_ROWS);

#define GUEST_CPU_CACHE_ROWS(ROW, R)                                                      \
	ROW(R, COUNT, level, "@level", "1 to 3; all of them where not said (level=)")     \
	ROW(R, WORD, mode, "@mode", "emulate, passthrough or disable (mode=)", "emulate", \
	    "passthrough", "disable")
ROWS_STRUCT(guest_cpu_cache, GUEST_CPU_CACHE_ROWS);

#define GUEST_PHYSICAL_ADDRESS_ROWS(ROW, R)                                                   \
	ROW(R, WORD, mode, "@mode", "passthrough, or emulate with `bits` (mode=)", "emulate", \
	    "passthrough")                                                                    \
	ROW(R, COUNT, bits, "@bits", "width (bits=)")                                         \
	ROW(R, COUNT, limit, "@limit", "the most that passthrough gives (limit=)")
ROWS_STRUCT(guest_physical_address, GUEST_PHYSICAL_ADDRESS_ROWS);

#define GUEST_CPU_FEATURE_ROWS(ROW, R)                                                            \
	ROW(R, ASKED, policy, "@policy", "require, disable, optional, force or forbid (policy=)", \
	    "force", "require", "optional", "disable", "forbid")
ROWS_STRUCT(guest_cpu_feature, GUEST_CPU_FEATURE_ROWS);

extern const struct bind_members guest_cpu_features;

#define GUEST_DISTANCE_ROWS(ROW, R) ROW(R, COUNT, value, "@value", "10 is local (value=)")
ROWS_STRUCT(guest_distance, GUEST_DISTANCE_ROWS);

extern const struct bind_members guest_distances;

#define GUEST_CELL_CACHE_ROWS(ROW, R)                                                          \
	ROW(R, WORD, associativity, "@associativity", "none, direct or full (associativity=)", \
	    "none", "direct", "full")                                                          \
	ROW(R, WORD, policy, "@policy", "none, writeback or writethrough (policy=)", "none",   \
	    "writeback", "writethrough")                                                       \
	ROW(R, SIZE, size, "size@value", "of the cache (<size value=>)")                       \
	ROW(R, LINE, line, "line@value", "of a cache line (<line value=>)")
ROWS_STRUCT(guest_cell_cache, GUEST_CELL_CACHE_ROWS);

extern const struct bind_members guest_cell_caches;

#define GUEST_CELL_ROWS(ROW, R)                                                                    \
	ROW(R, CPUS, cpus, "@cpus", "its vCPUs (cpus=)")                                           \
	ROW(R, WHOLE, memory, "@memory", "its memory (memory=)")                                   \
	ROW(R, WORD, access, "@memAccess",                                                         \
	    "shared with other processes (vhost-user) or private (memAccess=)", "shared",          \
	    "private")                                                                             \
	ROW(R, YESNO, discard, "@discard",                                                         \
	    "whether its memory goes when the guest does (discard=)")                              \
	ROW(R, KEYED, distances, "distances/sibling", "how far other cells are (<sibling>)",       \
	    guest_distance, guest_distances)                                                       \
	ROW(R, KEYED, caches, "cache", "memory side caches, by level (<cache>)", guest_cell_cache, \
	    guest_cell_caches)
ROWS_STRUCT(guest_cell, GUEST_CELL_ROWS);

extern const struct bind_members guest_cells;

#define GUEST_INTERCONNECT_ROWS(ROW, R)                                                         \
	ROW(R, COUNT, initiator, "@initiator", "cell that asks (initiator=)")                   \
	ROW(R, COUNT, target, "@target", "cell that answers (target=)")                         \
	ROW(R, COUNT, cache, "@cache", "level of the cache that answers (cache=)")              \
	ROW(R, WORD, type, "@type", "access, read or write (type=)", "access", "read", "write") \
	ROW(R, NUMBER, value, "@value", "nanoseconds, or bandwidth in its unit (value=)")       \
	ROW(R, TEXT, unit, "@unit", "of a bandwidth (unit=)")
ROWS_STRUCT(guest_interconnect, GUEST_INTERCONNECT_ROWS);

extern const struct bind_members guest_interconnects;

/* of struct guest_cpu, besides its own */
#define GUEST_CPU_ROWS(ROW, R)                                                                     \
	ROW(R, ASKED, mode, "@mode",                                                               \
	    "how the model is meant, where that does not follow from it: custom, "                 \
	    "host-model, host-passthrough, maximum (mode=)",                                       \
	    "custom", "host-model", "host-passthrough", "maximum")                                 \
	ROW(R, ASKED, match, "@match", "exact, minimum or strict (match=)", "minimum", "exact",    \
	    "strict")                                                                              \
	ROW(R, ASKED, check, "@check",                                                             \
	    "what libvirt compares at a start: none; partial, what was asked with what the host "  \
	    "has (KVM); full, what QEMU gives with what was asked, to the last feature "           \
	    "(hypervisor: require) (check=)",                                                      \
	    "none", "partial", "full")                                                             \
	ROW(R, ONOFF, migratable, "@migratable",                                                   \
	    "whether host-passthrough leaves out what cannot migrate (migratable=)")               \
	ROW(R, ONOFF, deprecated_features, "@deprecated_features",                                 \
	    "whether deprecated features are left in (deprecated_features=)")                      \
	ROW(R, ASKED, fallback, "model@fallback",                                                  \
	    "whether another model may take its place: allow, forbid (<model "                     \
	    "fallback=>)",                                                                         \
	    "allow", "forbid")                                                                     \
	ROW(R, TEXT, vendor_id, "model@vendor_id", "vendor the guest reads (<model vendor_id=>)")  \
	ROW(R, TEXT, vendor, "vendor", "vendor the host must have (<vendor>)")                     \
	ROW(R, PART, topology, "topology", "sockets, cores, threads (<topology>)", guest_topology) \
	ROW(R, PART, cache, "cache", "caches the guest sees (<cache>)", guest_cpu_cache)           \
	ROW(R, PART, physical_address, "maxphysaddr",                                              \
	    "width of physical addresses (<maxphysaddr>)", guest_physical_address)                 \
	ROW(R, KEYED, features, "feature", "single features, by libvirt's name (<feature>)",       \
	    guest_cpu_feature, guest_cpu_features)                                                 \
	ROW(R, KEYED, cells, "numa/cell", "NUMA cells of the guest (<cell>)", guest_cell,          \
	    guest_cells)                                                                           \
	ROW(R, MANY, latencies, "numa/interconnects/latency", "between cells (<latency>)",         \
	    guest_interconnect, guest_interconnects)                                               \
	ROW(R, MANY, bandwidths, "numa/interconnects/bandwidth", "between cells (<bandwidth>)",    \
	    guest_interconnect, guest_interconnects)
