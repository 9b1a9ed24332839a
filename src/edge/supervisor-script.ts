/**
 * The supervisor: a small Perl program (5.1 MB; perl-base is on every Debian and Ubuntu), because it must outlive the
 * control plane and Node offers no public way to hold a listening socket without accepting from it. It is kept as text
 * so that it is found whatever the build does with our files, and runs from the state directory.
 */
export const SUPERVISOR_SCRIPT = String.raw`#!/usr/bin/perl
# Holds the listening sockets of the edge, runs HAProxy on them and starts it anew whenever it dies.
#   supervisor.pl RUN_DIRECTORY FIRST_FD PORT[,PORT] ADDRESS[,ADDRESS] HAPROXY ARGUMENTS...
# TERM: let requests end, then leave.  INT: leave now.  HUP: do not wait before the next start.
# Exit status 98: an address cannot be bound; the last line of the output says why.
use strict; use warnings;
use Socket; use POSIX (); use Fcntl qw(:flock);
$0 = "slipway-edge-supervisor $ARGV[0] $ARGV[1] $ARGV[2] $ARGV[3]";
my ($run, $first_fd, $ports, $addresses, @command) = @ARGV;
my @listeners = map { my $port = $_; map { [$_, $port] } split /,/, $addresses } split /,/, $ports;
my ($pid, $bound, $leaving) = (0, 0, '');          # HAProxy's master, whether we have the sockets, what ends us
STDOUT->autoflush(1);

sub note { print POSIX::strftime('%FT%TZ', gmtime), " supervisor: @_\n" }
sub pause { select undef, undef, undef, $_[0] }    # seconds; a signal ends it
sub write_pid { open my $f, '>', "$run/$_[0].pid.new" or die $!; print $f "$_[1]\n"; close $f;
                rename "$run/$_[0].pid.new", "$run/$_[0].pid" }

# An HAProxy master of ours that a killed supervisor left behind; it is not our child, so its death is polled.
sub is_ours { my $p = shift; open my $f, '<', "/proc/$p/cmdline" or return 0; local $/; index(<$f> // '', "$run/master.sock") >= 0 }
sub orphan { open my $f, '<', "$run/haproxy.pid" or return 0; my $p = int(<$f> // 0); $p > 0 && is_ours($p) ? $p : 0 }

sub listen_on {
  my ($address, $port, $fd) = @_;
  my $is6 = $address =~ /:/;
  socket(my $s, $is6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or return 0;
  setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
  setsockopt($s, Socket::IPPROTO_IPV6(), Socket::IPV6_V6ONLY(), 1) if $is6;
  my $packed = Socket::inet_pton($is6 ? AF_INET6 : AF_INET, $address);
  bind($s, $is6 ? Socket::pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed)) or return 0;
  listen($s, 4096) or return 0;
  POSIX::dup2(fileno($s), $fd);                    # dup2 leaves it open over exec
}

# The orphan still has our sockets: take copies (pidfd_open 434, pidfd_getfd 438; not permitted everywhere).
sub regain {
  my $pidfd = syscall(434, $_[0] + 0, 0);
  return 0 if $pidfd < 0;
  for my $i (0 .. $#listeners) {
    my $fd = syscall(438, $pidfd + 0, $first_fd + $i, 0);
    return 0 if $fd < 0;
    POSIX::dup2($fd, $first_fd + $i); POSIX::close($fd);
  }
  POSIX::close($pidfd);
}

sub bind_all {
  for my $i (0 .. $#listeners) {
    my ($address, $port) = @{$listeners[$i]};
    next if listen_on($address, $port, $first_fd + $i);
    note "cannot listen on $address port $port: $!";
    return 0;
  }
  1;
}

sub start {
  my $child = fork;
  return unless defined $child;
  if ($child == 0) {
    write_pid('haproxy', $$);                      # before it is HAProxy, so that no HAProxy is ever unknown
    exec { $command[0] } @command or note("cannot run $command[0]: $!"), POSIX::_exit(127);
  }
  $pid = $child;
}

sub leave {
  my $is_first = !$leaving;
  $leaving = $_[0];
  kill $leaving, $pid if $pid;
  close_listeners() if $is_first && $bound;
}

# HAProxy's master keeps its copies until it ends, so closing ours is not enough to refuse connections.
sub close_listeners {
  for my $fd ($first_fd .. $first_fd + $#listeners) {
    open my $s, '+<&=', $fd or next;
    shutdown $s, 2;
    close $s;
  }
}
$SIG{TERM} = sub { leave('USR1') }; $SIG{INT} = sub { leave('TERM') }; $SIG{HUP} = sub { };

open my $lock, '>', "$run/supervisor.lock" or die "$run: $!";
flock $lock, LOCK_EX | LOCK_NB or exit 0;          # one is enough
$pid = orphan();
$bound = $pid ? regain($pid) : bind_all();
exit 98 unless $pid || $bound;
write_pid('supervisor', $$);

my $wait = 0;                                      # seconds before the next start: 0, then 0.1 doubling up to 5
until ($leaving) {
  if (!$pid) {
    $bound ||= bind_all();
    start() if $bound;
    kill $leaving, $pid if $leaving && $pid;       # told so while starting
  }
  my $began = time;
  while ($pid) {
    my $ended = waitpid $pid, 0;
    if ($ended == $pid) { note "HAProxy $pid ended with status $?"; $pid = 0 }
    elsif (!$!{EINTR}) { pause 0.05; $pid = 0 unless is_ours($pid) }
  }
  $wait = time - $began > 2 ? 0 : $wait ? ($wait < 2.5 ? 2 * $wait : 5) : 0.1;
  pause $wait if $wait > 0.1 && !$leaving;
}
unlink "$run/supervisor.pid", "$run/haproxy.pid";
`;
