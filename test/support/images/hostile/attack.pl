# What a program can try that wants to leave its container. Writes one line for each attempt: name, tab, outcome.
# Every attempt would do no harm if it succeeded: files are opened and not written, calls get arguments that fail later.
# Perl, because it can make any system call without a compiler and without modules.
#
# Arguments: the groups to try. Environment: ARCHITECTURE; TARGETS, `name=protocol:address:port` with blanks in between, names
# with underscores; NAMES to resolve; DISK_MIB to write to DISK.

$| = 1;
my $isArm = $ENV{ARCHITECTURE} eq "arm64";
my $OPEN_FOR_WRITING = 1;

sub report { print "$_[0]\t$_[1]\n" }
sub told { my ($name, $succeeded) = @_; report($name, $succeeded ? "DONE" : "$!") }

# name => x86-64 number, arm64 number, arguments
my $nothing = 0;
my %calls = (
  "mount"             => [165, 40, "none", "/tmp", "tmpfs", 0, 0],
  "remount-proc"      => [165, 40, "none", "/proc/sys", "", 0x20 | 0x1000, 0],
  "umount"            => [166, 39, "/proc/sys", 0],
  "pivot-root"        => [155, 41, "/tmp", "/tmp"],
  "unshare-user"      => [272, 97, 0x10000000],
  "unshare-network"   => [272, 97, 0x40000000],
  "unshare-mounts"    => [272, 97, 0x00020000],
  "clone-user"        => [56, 220, 0x10000000 | 17, 0, 0, 0, 0],
  "set-namespace"     => [308, 268, -1, 0x40000000],
  "make-disk"         => [259, 33, -100, "/tmp/disk", 060660, 0x800],
  "make-memory"       => [259, 33, -100, "/tmp/memory", 020660, 0x101],
  "keyring"           => [250, 219, 0, -4, 0, 0, 0],
  "add-key"           => [248, 217, "user", "name", "text", 4, -4],
  "bpf"               => [321, 280, 0, 0, 0],
  "open-by-handle"    => [304, 265, -100, 0, 0],
  "load-module"       => [175, 105, 0, 0, ""],
  "kexec"             => [246, 104, 0, 0, 0, 0],
  "reboot"            => [169, 142, 0, 0, 0, 0],
  "swap-on"           => [167, 224, "/none", 0],
  "set-clock"         => [227, 112, 0, 0],
  "set-host-name"     => [170, 161, 0, 1],
  "accounting"        => [163, 89, "/none"],
  "kernel-log"        => [103, 116, 3, 0, 0],
  "change-root"       => [161, 51, "/tmp"],
  "io-uring"          => [425, 425, 0, 0],
  "userfaultfd"       => [323, 282, 0],
  "raise-priority"    => [141, 140, 0, 0, -5],
  "raise-file-limit"  => [160, 164, 7, pack("QQ", 9_999_999, 9_999_999)],
);

sub callSystem {
  my ($name, $x86, $arm, @arguments) = @_;
  my $answer = syscall($isArm ? $arm : $x86, map { /^-?\d+$/ ? $_ + 0 : "$_" } @arguments);
  exit 0 if $name eq "clone-user" && $answer == 0; # the child that must not be
  told($name, $answer != -1);
}

sub tryCalls { callSystem($_, @{ $calls{$_} }) for sort keys %calls }

sub tryFiles {
  my @paths = qw(
    /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/drop_caches
    /proc/sys/net/ipv4/ip_forward /proc/bus /proc/irq/0/smp_affinity
    /sys/kernel/uevent_helper /sys/power/state /sys/kernel/mm/transparent_hugepage/enabled
    /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/fuse /dev/net/tun /dev/kvm
    /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock
  );
  push @paths, grep { -e } map { ("$_/release_agent", "$_/memory.limit_in_bytes", "$_/memory.max", "$_/cgroup.procs") } cgroups();
  for my $path (@paths) { told("write $path", sysopen(my $file, $path, $OPEN_FOR_WRITING)) }
  for my $directory (cgroups()) { told("cgroup $directory", mkdir("$directory/escape")) }
  for my $path (qw(/proc/kcore /proc/keys /proc/timer_list /proc/sched_debug)) {
    report("read $path", -e $path ? (open(my $file, "<", $path) && sysread($file, my $byte, 1) ? "DONE" : "empty") : "missing");
  }
  opendir(my $devices, "/dev");
  report("devices", join(" ", sort grep { !/^\./ } readdir $devices));
  opendir(my $processes, "/proc");
  report("strangers", join(" ", grep { /^\d+$/ && !isOurs($_) } readdir $processes) || "none");
  open(my $limits, "<", "/proc/self/limits");
  my ($core) = grep { /core file/ } <$limits>;
  report("core", $core =~ /core file size\s+(\d+)\s+(\d+)/ ? "$1 $2" : "unlimited");
}

# The only one of version 2, some of version 1.
sub cgroups { return grep { -e "$_/cgroup.procs" } map { "/sys/fs/cgroup$_" } "", "/memory", "/devices", "/unified" }

# This program, and the init before it.
sub isOurs {
  open(my $command, "<", "/proc/$_[0]/cmdline") or return 1;
  local $/;
  return <$command> =~ /attack\.pl/;
}

sub trySockets {
  my %sockets = (
    "packet socket" => [17, 3, 0x0300], "raw socket" => [2, 3, 1], "raw IPv6 socket" => [10, 3, 58],
    "vsock" => [40, 1, 0], "kernel crypto" => [38, 5, 0], "header socket" => [2, 3, 255],
  );
  for my $name (sort keys %sockets) { told($name, socket(my $socket, $sockets{$name}[0], $sockets{$name}[1], $sockets{$name}[2])) }
  socket(my $udp, 2, 2, 17);
  told("transparent", setsockopt($udp, 0, 19, pack("l", 1)));
  setsockopt($udp, 0, 15, pack("l", 1)); # binds to addresses of others, as everybody may
  my $isBound = bind($udp, address("203.0.113.77", 0));
  told("spoofed source", $isBound && send($udp, "x", 0, address("203.0.113.1", 9)));
  socket(my $netlink, 16, 3, 0);
  # Takes the interface down: RTM_NEWLINK, request and acknowledge, no change asked for.
  send($netlink, pack("LSSLL CxSlLL", 32, 16, 5, 1, 0, 0, 0, 2, 0, 0), 0);
  sysread($netlink, my $answer, 64);
  $! = -unpack("l", substr($answer, 16, 4));
  report("change interface", unpack("l", substr($answer, 16, 4)) == 0 ? "DONE" : "$!");
}

sub address { my ($host, $port) = @_; return pack("SnC4x8", 2, $port, split(/\./, $host)) }

# In 32 hex digits, of the link that eth0 is on.
sub address6 {
  my ($host, $port) = @_;
  open(my $file, "<", "/sys/class/net/eth0/ifindex");
  return pack("SnNH32L", 10, $port, 0, $host, <$file> + 0);
}

# All at once: silence takes its time.
sub tryTargets {
  for my $target (split / /, $ENV{TARGETS}) {
    next if fork;
    tryTarget($target);
    exit 0;
  }
  1 while wait != -1;
}

sub tryTarget {
  my ($name, $protocol, $host, $port) = $_[0] =~ /^(.+)=(\w+):(.+):(\d+)$/;
  $name =~ tr/_/ /;
  my $is6 = $protocol eq "tcp6";
  socket(my $socket, $is6 ? 10 : 2, $protocol eq "udp" ? 2 : 1, 0) or return told($name, 0);
  $SIG{ALRM} = sub { die "timeout\n" };
  alarm 2;
  my $answer = eval { connectTo($socket, $is6 ? address6($host, $port) : address($host, $port)) };
  alarm 0;
  report($name, $answer // "timeout");
}

sub connectTo {
  my ($socket, $where) = @_;
  my $isSent = connect($socket, $where) && syswrite($socket, "GET / HTTP/1.0\r\n\r\n");
  return $isSent && sysread($socket, my $text, 512) ? "DONE" : "$!";
}

sub tryNames {
  for my $name (split / /, $ENV{NAMES}) { report("name $name", gethostbyname($name) ? "DONE" : "unknown") }
}

sub fill {
  my ($path, $mebibytes) = @_;
  open(my $file, ">", $path) or return "$!";
  for my $count (1 .. $mebibytes) {
    return "full after $count: $!" unless defined syswrite($file, "x" x 1_048_576);
  }
  return "DONE";
}

# 10 MiB in a file that has no name any more, 10 MiB of room beyond the end of an empty one, and a length of 10 GiB that
# takes nothing.
sub hideFiles {
  open(my $deleted, ">", "/deleted");
  unlink "/deleted";
  syswrite($deleted, "x" x 10_485_760);
  open(my $reserved, ">", "/reserved");
  syscall($isArm ? 47 : 285, fileno($reserved), 1, 0, 10_485_760);
  open(my $sparse, ">", "/sparse");
  truncate($sparse, 10_737_418_240);
  report("hidden", "DONE");
  sleep 600;
}

# Runs /setuid-perl, which belongs to root and has the setuid bit.
sub trySetuid {
  open(my $child, "-|", "/setuid-perl", "-e", "print \$>") or return told("setuid", 0);
  report("setuid", <$child>);
}

my %groups = (
  calls => \&tryCalls, files => \&tryFiles, sockets => \&trySockets, targets => \&tryTargets, names => \&tryNames,
  setuid => \&trySetuid,
  shm => sub { report("shm", fill("/dev/shm/filler", 256)) },
  hide => \&hideFiles,
  disk => sub { report("disk", fill($ENV{DISK} // "/filler", $ENV{DISK_MIB})); sleep 600 },
);
for my $group (@ARGV) { $groups{$group}->() }
