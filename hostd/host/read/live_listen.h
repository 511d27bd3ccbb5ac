/* live_listen.h - a process that hears libvirt's events, for the agent.
 *
 * The program starts itself again as `PROGRAM listen NUMBER`, NUMBER being its end of a packet
 * socket, and tells what it hears in the words of formats/heard.h.  It only reads, and asks libvirt
 * nothing but to be told.  What libvirt keeps silent about, as it does when a definition is changed
 * by other calls than defining it anew, or an autostart (virsh setmem --config, attach-disk
 * --config, autostart), shows in the folders where it keeps what stays: those are watched, and not
 * read.  It ends when libvirt cannot be reached, when the connection breaks
 * (virConnectRegisterCloseCallback: libvirtd was started anew, or gave no sign of life), and when
 * the other side of the socket is closed: whoever wants to hear more starts it again.  So a
 * libvirt that hangs or is away holds up nobody, and what libvirt leaks does not add up.
 *
 * As long as it listens there is a connection, which keeps a libvirtd that systemd started by its
 * socket from ending when idle.
 */
#pragma once

/* host_module's listen: argv[1] is "listen".  Says nothing; the exit status of the process. */
int listen_main(int argc, char **argv);
