/* guest_whole.h - the rest of a guest, by its parts in the other files.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_console.h"
#include "formats/guest_cpu.h"
#include "formats/guest_devices.h"
#include "formats/guest_disk.h"
#include "formats/guest_memory.h"
#include "formats/guest_nic.h"
#include "formats/guest_os.h"
#include "formats/guest_rows.h"

/* of struct guest, besides its own */
#define GUEST_ROWS(ROW, R)                                                                         \
	FREE(ROW, R, TEXT, title, "title", "one line for lists (<title>)")                         \
	ROW(R, TEXT, generation_id, "genid",                                                       \
	    "UUID that changes when it is put back in time (generation ID) "                       \
	    "(<genid>)")                                                                           \
	ROW(R, TEXT, arch, "os/type@arch", "processor architecture (<type arch=>)")                \
	ROW(R, TEXT, os_type, "os/type",                                                           \
	    "hvm; linux or xenpvh of Xen, exe of a container (<type>)")                            \
	ROW(R, TEXT, emulator, "devices/emulator",                                                 \
	    "program that runs it, where that is not the host's choice "                           \
	    "(<emulator>)")                                                                        \
	ROW(R, PART, boot, "os", "what it boots with, beyond `firmware` (<os>)", guest_boot)       \
	ROW(R, PART, features, "features", "what its board and hypervisor can do (<features>)",    \
	    guest_features)                                                                        \
	ROW(R, PART, clock, "clock", "its clocks (<clock>)", guest_clock)                          \
	ROW(R, PART, lifecycle, "",                                                                \
	    "what becomes of it when it ends (on_poweroff, on_reboot, on_crash)", guest_lifecycle) \
	ROW(R, PART, power, "pm", "sleep states (<pm>)", guest_power)                              \
	ROW(R, PART, iothreads, "", "threads for the input and output of disks", guest_iothreads)  \
	ROW(R, PART, block_io, "blkiotune", "weights and limits of its cgroup (<blkiotune>)",      \
	    guest_blkio)                                                                           \
	ROW(R, MANY, throttle_groups, "throttlegroups/throttlegroup",                              \
	    "limits that disks share (<throttlegroup>)", guest_throttle_group,                     \
	    guest_throttle_groups)                                                                 \
	ROW(R, KEYED, sysinfo, "sysinfo",                                                          \
	    "what SMBIOS or the firmware configuration tells it, by type: smbios, "                \
	    "fwcfg (<sysinfo>)",                                                                   \
	    guest_sysinfo, guest_sysinfos)                                                         \
	ROW(R, KEYED, labels, "seclabel",                                                          \
	    "security labels, by model: selinux, apparmor, dac (sVirt) "                           \
	    "(<seclabel>)",                                                                        \
	    guest_label, guest_labels)                                                             \
	ROW(R, PART, resource, "resource", "where it is placed (<resource>)", guest_resource)      \
	ROW(R, PART, launch_security, "launchSecurity",                                            \
	    "encryption of its memory (<launchSecurity>)", guest_launch_security)                  \
	ROW(R, KEYED, key_wrap, "keywrap/cipher", "wrapped keys of s390, by cipher (<cipher>)",    \
	    guest_state, guest_states)                                                             \
	ROW(R, KEYED, perf, "perf/event", "performance events that are counted (<event>)",         \
	    guest_enabled, guest_enabled_names)                                                    \
	ROW(R, PART, idmap, "idmap", "users and groups of a container (<idmap>)", guest_idmap)     \
	LIVE(ROW, R, MANY, memory_modules, "devices/memory",                                       \
	     "DIMMs, NVDIMMs, virtio-mem (<memory>)", guest_module, guest_modules)                 \
	ROW(R, MANY, controllers, "devices/controller",                                            \
	    "buses and their controllers (<controller>)", guest_controller, guest_controllers)     \
	ROW(R, MANY, leases, "devices/lease", "leases of a lock manager (<lease>)", guest_lease,   \
	    guest_leases)                                                                          \
	LIVE(ROW, R, MANY, shares, "devices/filesystem",                                           \
	     "folders of the host (virtiofs, 9p) (<filesystem>)", guest_share, guest_shares)       \
	LIVE(ROW, R, MANY, serials, "devices/serial",                                              \
	     "serial ports, where `serial` does not do (<serial>)", guest_port, guest_serials)     \
	ROW(R, MANY, parallels, "devices/parallel", "parallel ports (<parallel>)", guest_port,     \
	    guest_parallels)                                                                       \
	ROW(R, MANY, consoles, "devices/console", "consoles (<console>)", guest_port,              \
	    guest_consoles)                                                                        \
	LIVE(ROW, R, MANY, channels, "devices/channel", "channels to programs inside (<channel>)", \
	     guest_port, guest_channels)                                                           \
	LIVE(ROW, R, MANY, inputs, "devices/input", "keyboards, mice, tablets (<input>)",          \
	     guest_input, guest_inputs)                                                            \
	ROW(R, KEYED, graphics, "devices/graphics",                                                \
	    "screens for people, by type: vnc, spice, sdl, dbus, egl-headless, "                   \
	    "rdp (<graphics>)",                                                                    \
	    guest_graphics, guest_displays)                                                        \
	ROW(R, MANY, videos, "devices/video", "graphics cards (<video>)", guest_video,             \
	    guest_videos)                                                                          \
	ROW(R, MANY, sounds, "devices/sound", "sound cards (<sound>)", guest_sound, guest_sounds)  \
	ROW(R, MANY, audios, "devices/audio", "where sound goes (<audio>)", guest_audio,           \
	    guest_audios)                                                                          \
	LIVE(ROW, R, MANY, host_devices, "devices/hostdev",                                        \
	     "devices of the host in libvirt's words, instead of `devices` "                       \
	     "(<hostdev>)",                                                                        \
	     guest_host_device, guest_host_devices)                                                \
	LIVE(ROW, R, MANY, redirections, "devices/redirdev",                                       \
	     "USB devices of whoever looks at the screen (<redirdev>)", guest_redirected,          \
	     guest_redirections)                                                                   \
	ROW(R, MANY, redirection_rules, "devices/redirfilter/usbdev",                              \
	    "which of them may come in (<usbdev>)", guest_usb_rule, guest_usb_rules)               \
	ROW(R, MANY, card_readers, "devices/smartcard", "readers of smart cards (<smartcard>)",    \
	    guest_card_reader, guest_card_readers)                                                 \
	ROW(R, MANY, hubs, "devices/hub", "USB hubs (<hub>)", guest_hub, guest_hubs)               \
	LIVE(ROW, R, MANY, rngs, "devices/rng",                                                    \
	     "sources of random numbers, where `rng` does not do (<rng>)", guest_random,           \
	     guest_randoms)                                                                        \
	LIVE(ROW, R, MANY, watchdogs, "devices/watchdog", "watchdogs (<watchdog>)",                \
	     guest_watchdog, guest_watchdogs)                                                      \
	ROW(R, MANY, panics, "devices/panic", "devices a crashing guest tells (<panic>)",          \
	    guest_panic, guest_panics)                                                             \
	ROW(R, MANY, tpms, "devices/tpm", "TPMs (<tpm>)", guest_tpm, guest_tpms)                   \
	LIVE(ROW, R, MANY, shared_memories, "devices/shmem",                                       \
	     "memory shared with other processes, by name (<shmem>)", guest_shared_memory,         \
	     guest_shared_memories)                                                                \
	ROW(R, MANY, cryptos, "devices/crypto", "cipher engines (<crypto>)", guest_crypto,         \
	    guest_cryptos)                                                                         \
	ROW(R, PART, balloon, "devices/memballoon",                                                \
	    "balloon that gives memory back (<memballoon>)", guest_balloon)                        \
	ROW(R, PART, nvram_device, "devices/nvram", "flash of pSeries (<nvram>)",                  \
	    guest_nvram_device)                                                                    \
	ROW(R, PART, iommu, "devices/iommu", "the guest's own IOMMU (<iommu>)", guest_iommu)       \
	ROW(R, PART, vsock, "devices/vsock", "sockets to the host (<vsock>)", guest_vsock)         \
	ROW(R, PART, pstore, "devices/pstore", "what a crashed kernel said last (<pstore>)",       \
	    guest_pstore)
