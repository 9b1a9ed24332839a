/** What guessers try first among passwords that are long enough. Small by intent: attempts are limited, too. */

const COMMON = new Set(
  `000000000000 0123456789012 0987654321098 1029384756102 111222333444 121212121212 123123123123 123412341234 1234567890123
  1234567890abc 1234567890qwe 123456789abc 123456789012 123456789101112 123456789qwe 123456qwerty 12345qwert12345 1q2w3e4r5t6y
  1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv 987654321098 abc123abc123 abcdefghijkl abcdefghijklm administrator
  administrator1 asdfasdfasdf asdfghjkl123 asdfghjklqwe changeme1234 changemenow1 changemeplease correcthorsebatterystaple
  football1234 iloveyou1234 iloveyouforever letmein12345 letmeinplease manchesterunited mypassword12 mypassword123
  p@ssw0rd1234 p@ssword1234 passw0rd1234 password0123 password1111 password1234 password12345 password123456
  password1234567 passwordpassword princess1234 q1w2e3r4t5y6 qazwsxedcrfv qwer1234qwer qwerasdfzxcv qwerty123456
  qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyqwerty secretpassword slipwayslipway slipway12345 spongebob123
  sunshine1234 superman1234 supersecret1 thisismypassword unbelievable welcome12345 zaq12wsxcde3 zxcvbnm12345`.split(
    /\s+/,
  ),
);

export function isCommonPassword(text: string): boolean {
  const lower = text.toLowerCase();
  return COMMON.has(lower) || new Set(lower).size < 3;
}
