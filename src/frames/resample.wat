;; Scales a picture of packed RGB: down the columns first, into one line of floats, then along that line.
;; `node scripts/assemble.mjs` makes data/resample.wasm of it.
(module
  (memory (export "memory") 1)

  ;; A place's taps: a 32-bit offset in bytes to its first source place, then as many 32-bit weights as the taps' reach.
  ;; source: address of the first row that the first output row takes; stride: bytes from a row to the next; length:
  ;; bytes of a row that count; rows, columns: addresses of the taps of every output row and column; line: address of
  ;; length + 8 floats; out: address of the output. Up to 8 bytes behind the source and behind the output are touched.
  (func (export "resample") (param $source i32) (param $stride i32) (param $length i32)
    (param $rows i32) (param $row_reach i32) (param $height i32)
    (param $columns i32) (param $column_reach i32) (param $width i32)
    (param $line i32) (param $out i32)
    (local $rows_end i32) (local $columns_end i32) (local $tap i32) (local $taps_end i32)
    (local $from i32) (local $at i32) (local $to i32) (local $to_end i32) (local $first i32)
    (local $low v128) (local $high v128) (local $eight v128) (local $weight v128)
    (local.set $row_reach (i32.shl (i32.add (local.get $row_reach) (i32.const 1)) (i32.const 2)))
    (local.set $column_reach (i32.shl (i32.add (local.get $column_reach) (i32.const 1)) (i32.const 2)))
    (local.set $rows_end (i32.add (local.get $rows) (i32.mul (local.get $row_reach) (local.get $height))))
    (local.set $columns_end (i32.add (local.get $columns) (i32.mul (local.get $column_reach) (local.get $width))))
    (loop $next_row
      ;; Eight bytes of the line at a time: the weighted sum of the source rows.
      (local.set $taps_end (i32.add (local.get $rows) (local.get $row_reach)))
      (local.set $from (i32.add (local.get $source) (i32.load (local.get $rows))))
      (local.set $to (local.get $line))
      (local.set $to_end (i32.add (local.get $line) (i32.shl (local.get $length) (i32.const 2))))
      (loop $next_eight
        (local.set $low (v128.const f32x4 0.5 0.5 0.5 0.5))
        (local.set $high (local.get $low))
        (local.set $at (local.get $from))
        (local.set $tap (i32.add (local.get $rows) (i32.const 4)))
        (loop $next_tap
          (local.set $eight (v128.load8x8_u (local.get $at)))
          (local.set $weight (v128.load32_splat (local.get $tap)))
          (local.set $low (f32x4.add (local.get $low) (f32x4.mul (local.get $weight)
            (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))))
          (local.set $high (f32x4.add (local.get $high) (f32x4.mul (local.get $weight)
            (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (local.set $tap (i32.add (local.get $tap) (i32.const 4)))
          (br_if $next_tap (i32.lt_u (local.get $tap) (local.get $taps_end))))
        (v128.store (local.get $to) (local.get $low))
        (v128.store offset=16 (local.get $to) (local.get $high))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $to (i32.add (local.get $to) (i32.const 32)))
        (br_if $next_eight (i32.lt_u (local.get $to) (local.get $to_end))))
      (local.set $rows (local.get $taps_end))

      ;; One pixel of the output at a time, with the first colour of the next one, which that overwrites.
      (local.set $tap (local.get $columns))
      (loop $next_pixel
        (local.set $taps_end (i32.add (local.get $tap) (local.get $column_reach)))
        (local.set $at (i32.add (local.get $line) (i32.load (local.get $tap))))
        (local.set $low (v128.const f32x4 0 0 0 0))
        (local.set $tap (i32.add (local.get $tap) (i32.const 4)))
        (loop $next_tap
          (local.set $low (f32x4.add (local.get $low)
            (f32x4.mul (v128.load32_splat (local.get $tap)) (v128.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 12)))
          (local.set $tap (i32.add (local.get $tap) (i32.const 4)))
          (br_if $next_tap (i32.lt_u (local.get $tap) (local.get $taps_end))))
        (local.set $low (i32x4.trunc_sat_f32x4_s (local.get $low)))
        (local.set $low (i16x8.narrow_i32x4_s (local.get $low) (local.get $low)))
        (v128.store32_lane 0 (local.get $out) (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (br_if $next_pixel (i32.lt_u (local.get $tap) (local.get $columns_end))))
      (br_if $next_row (i32.lt_u (local.get $rows) (local.get $rows_end))))))
