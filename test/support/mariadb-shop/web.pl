# Does what boot.sql says, as the application's account, and then answers every request.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{TERM} = sub { exit };

my @client = ('mariadb', '--host=db', '--user=app', '--batch', '--default-character-set=utf8mb4');
system(@client, '--execute=source /boot.sql', 'shop') == 0 or die "boot.sql failed\n";

my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 64, ReuseAddr => 1) or die "$!\n";
while (my $visitor = $server->accept) {
  while (defined(my $line = <$visitor>)) { last if $line =~ /^\r?\n$/ }
  print $visitor "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
  close $visitor;
}
